import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CACHE, trailer } from './launcher.ts';

/*
 * Loaded into a plain node, for the flags of a loader would make the cache useless to one. A cache
 * holds what has been called by the end, so it is made of a boot. What has one keeps it.
 */
const HOOK = `
const { existsSync, statSync, writeFileSync } = require('node:fs');
const { createHash } = require('node:crypto');
const vm = require('node:vm');
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    const file = options.filename + '${CACHE}';
    if (existsSync(file)) return;
    const id = createHash('sha256').update(source).digest('hex');
    const made = Buffer.from(${trailer('id')});
    process.on('exit', () => writeFileSync(file, Buffer.concat([this.createCachedData(), made])));
  }
};
`;

/** A world as small as it can be, with a program that cannot run. */
const WORLD: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0::/root:/bin/sh\nhermes:x:10000:10000::/opt/data:/bin/sh\n',
  'etc/group': 'root:x:0:\nhermes:x:10000:\n',
  'bin/true': '',
};

/** A plan that nobody knows, with a command: what reads the one and runs the other is loaded. */
const PLAN = `version: 1
name: unknown
steps:
  - id: command
    uses: command
    with: { argv: [/bin/true], creates: /none }
`;

/**
 * Writes V8's code caches beside the files of a built program, by booting it.
 * @param node the program that the caches are for, and made by
 */
export async function writeCodeCaches(target: string, node = process.execPath): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'hermes-boot-build-'));
  try {
    const world = join(scratch, 'world');
    for (const directory of ['bin', 'etc', 'run'])
      await mkdir(join(world, directory), { recursive: true });
    for (const [path, text] of Object.entries(WORLD))
      await writeFile(join(world, path), text, { mode: 0o755 });
    const [hook, plan] = [join(scratch, 'hook.cjs'), join(scratch, 'plan.yaml')];
    await writeFile(hook, HOOK);
    await writeFile(plan, PLAN);
    for (const which of ['stage2', plan]) {
      const args = ['--require', hook, target, 'run', which, '--root', world];
      await promisify(execFile)(node, args, {
        env: { PATH: process.env.PATH },
      }).catch(onlyExit);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** How the boot of such a poor world ends does not matter here. */
function onlyExit(error: unknown): void {
  if (error instanceof Error && 'code' in error && typeof error.code === 'number') return;
  throw error;
}
