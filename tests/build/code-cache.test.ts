import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { CLI } from '../support/cli.ts';
import { otherNode } from '../support/other-node.ts';
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

/** How a node ends with the program, at a command that loads its libraries, too. */
function ends(node: string, dist: string): unknown {
  const root = realRoot({ '/run': directory() });
  const plan = join(root, 'plan.yaml');
  writeFileSync(plan, PLAN);
  const program = join(dist, 'hermes-boot.cjs');
  const { status, signal, stdout } = spawnSync(
    node,
    [program, 'plan', plan, '--root', root, '--assume-root'],
    { encoding: 'utf8' },
  );
  return { status, signal, headline: stdout.split('\n')[0] };
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
    (version, { skip }) => {
      const other = otherNode(version) ?? skip(`needs Node ${version} from the npm registry`);
      expect(execFileSync(other, [CLI, '--version'], { encoding: 'utf8' })).toBe(
        `${packageJson.version}\n`,
      );
      expect(ends(other, dirname(CLI))).toEqual(WELL);
    },
  );

  it('runs under this Node with the caches of another one', ({ skip }) => {
    const version = process.version === 'v20.19.2' ? '20.20.1' : '20.19.2';
    const other = otherNode(version) ?? skip(`needs Node ${version} from the npm registry`);
    const dist = copied();
    for (const file of ['program.cjs', 'packed/yaml.cjs', 'packed/plan-schema.cjs']) {
      execFileSync(other, ['--eval', REMAKE, join(dist, file)]);
    }
    expect(ends(process.execPath, dist)).toEqual(WELL);
  });

  it('uses its caches under the Node that has made them, and under no other file', () => {
    const dist = copied();
    const used = (node: string): unknown =>
      JSON.parse(
        execFileSync(node, ['--require', hook(), join(dist, 'hermes-boot.cjs'), '--version'], {
          encoding: 'utf8',
        }).split('\n')[0] ?? '',
      );
    expect(used(process.execPath)).toEqual({ cache: true, rejected: false });
    const node = join(temporaryDirectory(), 'node');
    copyFileSync(process.execPath, node);
    execFileSync('chmod', ['755', node]);
    utimesSync(node, 1, 1);
    expect(used(node)).toEqual({ cache: false });
  });

  it('goes without a cache that is cut off, empty or missing', () => {
    const dist = copied();
    const cache = join(dist, 'program.cjs.cache');
    expect(existsSync(cache)).toBe(true);
    for (const length of [1000, 10, 0]) {
      writeFileSync(cache, readFileSync(cache).subarray(0, length));
      expect(ends(process.execPath, dist)).toEqual(WELL);
    }
    execFileSync('rm', [cache]);
    expect(ends(process.execPath, dist)).toEqual(WELL);
  });
});

/** Makes the cache of a file anew with the Node that runs it, and keeps its last words. */
const REMAKE = `
const { readFileSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');
const file = process.argv[1];
const script = new Script(readFileSync(file, 'latin1'), { filename: file });
const { size, mtimeMs } = require('node:fs').statSync(process.execPath);
const id = require('node:crypto').createHash('sha256').update(readFileSync(file, 'latin1')).digest('hex');
const made = [id, process.version, process.versions.v8, process.arch, size, Math.floor(mtimeMs / 1000)];
writeFileSync(file + '.cache', Buffer.concat([script.createCachedData(), Buffer.from(made.join(' '))]));
`;

/** A module that prints whether the first script was given a cache, and whether V8 took it. */
function hook(): string {
  const path = join(temporaryDirectory(), 'hook.cjs');
  writeFileSync(
    path,
    `const vm = require('node:vm');
let told = false;
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    if (told) return;
    told = true;
    const cache = options.cachedData !== undefined;
    process.stdout.write(JSON.stringify({ cache, rejected: this.cachedDataRejected }) + '\\n');
  }
};
`,
  );
  return path;
}
