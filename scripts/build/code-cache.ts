import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { FILES, URL_NAME } from './launcher.ts';
import type { Launchable } from './launcher.ts';

/*
 * Run in a node without any loader, whose flags would make the cache useless to a plain one. The
 * cache holds what has been called by the end, so this boots: a world of its own, as small as it
 * can be.
 */
const WARM_UP = `
const { readFileSync, writeFileSync } = require('node:fs');
const [target, filename, cache, id] = process.argv.splice(1, 4);
process.argv.splice(1, 0, target);
const script = new (require('node:vm').Script)(readFileSync(filename, 'latin1'), { filename });
process.on('exit', () => writeFileSync(cache, Buffer.concat([script.createCachedData(), Buffer.from(id)])));
const ${URL_NAME} = require('node:url').pathToFileURL(target).href;
script.runInThisContext()(exports, require, module, target, require('node:path').dirname(target), ${URL_NAME});
`;

/** What that world has. */
const WORLD: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0::/root:/bin/sh\nhermes:x:10000:10000::/opt/data:/bin/sh\n',
  'etc/group': 'root:x:0:\nhermes:x:10000:\n',
};

/** Writes V8's code cache of a program beside it. */
export async function writeCodeCache(target: string, { id }: Launchable): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'hermes-boot-build-'));
  try {
    const world = join(scratch, 'world');
    for (const directory of ['etc', 'run'])
      await mkdir(join(world, directory), { recursive: true });
    for (const [path, text] of Object.entries(WORLD)) await writeFile(join(world, path), text);
    const beside = (file: string): string => join(dirname(target), file);
    const files = [target, beside(FILES.program), beside(FILES.cache)];
    const args = ['-e', WARM_UP, ...files, id, 'run', '--root', world];
    await promisify(execFile)(process.execPath, args, {
      env: { PATH: process.env.PATH },
    }).catch(onlyExit);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** How the boot of such a poor world ends does not matter here. */
function onlyExit(error: unknown): void {
  if (error instanceof Error && 'code' in error && typeof error.code === 'number') return;
  throw error;
}
