import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeCodeCaches } from '../../scripts/build/code-cache.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { CLI } from '../support/cli.ts';
import { otherNode, PATIENCE } from '../support/other-node.ts';
import { realRoot, temporaryDirectory } from '../support/real-root.ts';
import { directory } from '../support/world.ts';

/*
 * V8 takes a code cache of another build of Node for its own where both have the same version of
 * V8, and crashes: Node 20.20.2 and 20.19.2 both say 11.3.244.8.
 */

const PLAN = `version: 1
name: test
steps:
  - id: home
    uses: directory
    with: { path: /home/me }
`;

/** The built program in a directory that can be changed. */
function copied(): string {
  const dist = join(temporaryDirectory(), 'dist');
  cpSync(dirname(CLI), dist, { recursive: true });
  return dist;
}

/** The code caches of the program and of its libraries. */
function cachesIn(dist: string): string[] {
  const names = readdirSync(dist, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.cache')).sort();
}

/** How a node ends with the program, at a command that loads its libraries, too. */
function ends(node: string, dist: string, flags: readonly string[] = []): unknown {
  const root = realRoot({ '/run': directory() });
  const plan = join(root, 'plan.yaml');
  writeFileSync(plan, PLAN);
  const program = join(dist, 'hermes-boot.cjs');
  const { status, signal, stdout } = spawnSync(
    node,
    [...flags, program, 'plan', plan, '--root', root, '--assume-root'],
    { encoding: 'utf8' },
  );
  return { status, signal, headline: stdout.split('\n')[0] };
}

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

const WELL = {
  status: 0,
  signal: null,
  headline: 'test: 1 of 1 step would act, 2 changes. Nothing is blocked.',
};

describe('a built program', () => {
  // One older and one newer than most that build it, and the next lines.
  it.for(['20.19.2', '20.20.1', '22.20.0', '24.11.0'])(
    'runs under Node %s, whichever has built it',
    { timeout: PATIENCE },
    (version, { skip }) => {
      const other = otherNode(version) ?? skip(`needs Node ${version} from the npm registry`);
      expect(execFileSync(other, [CLI, '--version'], { encoding: 'utf8' })).toBe(
        `${packageJson.version}\n`,
      );
      expect(ends(other, dirname(CLI))).toEqual(WELL);
    },
  );

  it(
    'runs under this Node with the caches of another one',
    { timeout: PATIENCE },
    async ({ skip }) => {
      const version = process.version === 'v20.19.2' ? '20.20.1' : '20.19.2';
      const other = otherNode(version) ?? skip(`needs Node ${version} from the npm registry`);
      const dist = copied();
      const caches = cachesIn(dist);
      for (const cache of caches) rmSync(join(dist, cache));
      await writeCodeCaches(join(dist, 'hermes-boot.cjs'), other);
      expect(cachesIn(dist)).toEqual(caches);
      expect(ends(process.execPath, dist)).toEqual(WELL);
    },
  );

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
