import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copied, ends, PLAN, WELL } from '../support/built.ts';
import { realRoot, temporaryDirectory } from '../support/real-root.ts';
import { directory } from '../support/world.ts';

/** What is logged by one run of two plans, which have to end well. */
function logOf(dist: string): string {
  const root = realRoot({ '/run': directory(), '/home': directory() });
  const plan = join(root, 'plan.yaml');
  writeFileSync(plan, PLAN);
  const words = [join(dist, 'hermes-boot.cjs'), 'run', plan, plan, '--root', root];
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  expect(status).toBe(0);
  return stderr;
}

describe('a built program', () => {
  it('uses every cache under the Node that has made them, and none under another file', () => {
    const dist = copied();
    const used = (node: string): unknown => {
      const told = join(temporaryDirectory(), 'told');
      ends(node, dist, ['--require', hook(told)]);
      return readFileSync(told, 'utf8').split('\n').filter(Boolean).sort();
    };
    const scripts = ['packed/plan-schema.cjs', 'packed/yaml.cjs', 'program.cjs'];
    expect(used(process.execPath)).toEqual(scripts.map((name) => `${name} taken`));
    const node = join(temporaryDirectory(), 'node');
    copyFileSync(process.execPath, node);
    chmodSync(node, 0o755);
    utimesSync(node, 1, 1);
    expect(used(node)).toEqual(scripts.map((name) => `${name} without`));
  });

  it('says once that no cache fits the Node that runs it, and how to have one that does', () => {
    const dist = copied();
    const command = `${process.execPath} ${join(dist, 'code-cache.cjs')}`;
    const advice = `hermes-boot: info: no code cache fits this Node (${process.version}): each boot takes longer; fix: ${command}\n`;
    expect(logOf(dist)).not.toContain('code cache');
    writeFileSync(join(dist, 'program.cjs.cache'), 'of another build');
    expect(spawnSync(process.execPath, [join(dist, 'code-cache.cjs'), '--check'])).toMatchObject({
      status: 1,
    });
    expect(logOf(dist).split(advice)).toHaveLength(2);
    const [node = '', maker = ''] = command.split(' ');
    expect(spawnSync(node, [maker]).status).toBe(0);
    expect(spawnSync(node, [maker, '--check'])).toMatchObject({ status: 0 });
    expect(logOf(dist)).not.toContain('code cache');
  });

  it('makes no cache that is trained by boots which cannot begin, and says why', () => {
    const dist = copied();
    rmSync(join(dist, '../plans'), { recursive: true });
    const maker = join(dist, 'code-cache.cjs');
    const { status, stderr } = spawnSync(process.execPath, [maker], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('no code cache is made, since a boot to train it ends: ');
    expect(stderr).toContain('no plan stage2');
  });

  it('goes without a cache that is cut off, empty or missing', () => {
    const dist = copied();
    const cache = join(dist, 'program.cjs.cache');
    expect(existsSync(cache)).toBe(true);
    for (const length of [1000, 10, 0]) {
      writeFileSync(cache, readFileSync(cache).subarray(0, length));
      expect(ends(process.execPath, dist)).toEqual(WELL);
    }
    rmSync(cache);
    expect(ends(process.execPath, dist)).toEqual(WELL);
  });
});

/** A module that writes into a file what each script was given, and whether V8 took it. */
function hook(told: string): string {
  const path = join(temporaryDirectory(), 'hook.cjs');
  writeFileSync(
    path,
    `const vm = require('node:vm');
const { appendFileSync } = require('node:fs');
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    const how = this.cachedDataRejected ? 'rejected' : options.cachedData ? 'taken' : 'without';
    appendFileSync(${JSON.stringify(told)}, options.filename.split('/dist/')[1] + ' ' + how + '\\n');
  }
};
`,
  );
  return path;
}
