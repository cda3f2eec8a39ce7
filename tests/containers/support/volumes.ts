import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from '../../support/real-root.ts';
import { run } from './container.ts';
import { engine, mustDo } from './engine.ts';

/** A directory of the host as a home, with these files of one owner. */
export function bindMount(files: Readonly<Record<string, string>> = {}, owner = 10_000): string {
  const directory = temporaryDirectory();
  chownSync(directory, owner, owner);
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    chownSync(dirname(path), owner, owner);
    chownSync(path, owner, owner);
  }
  return directory;
}

/** A bind mount with something to mend of every kind. */
export function usedHome(): string {
  const config = '_config_version: 12\n';
  return bindMount({ '.env': 'A=1\n', 'config.yaml': config, 'sessions/a': '' }, 500);
}

/** A new volume of the engine, which goes away with the test. */
export async function namedVolume(): Promise<string> {
  const name = `hermes-boot-${randomUUID()}`;
  await mustDo('volume', 'create', name);
  onTestFinished(async () => {
    await engine('volume', 'rm', '-f', name);
  });
  return name;
}

/** Everything in a bind mount with owner, mode, size and times: any write shows. */
export function everything(directory: string): string {
  const format = '%P %y %U:%G %m %s %T@ %C@\n';
  const found = execFileSync('find', [directory, '-printf', format], { encoding: 'utf8' });
  return found.split('\n').sort().join('\n');
}

/** The owner of every entry of a mount, as `uid:gid`, by its path. */
export async function owners(mount: string): Promise<Map<string, string>> {
  const find = ['/look', '-printf', '%P %U:%G\n'];
  const options = ['--entrypoint', 'find', '-v', `${mount}:/look:ro`];
  const { stdout } = await run({ options, words: find });
  const lines = stdout.split('\n').map((line) => line.split(' '));
  return new Map(lines.map(([path = '', owner = '']) => [path, owner]));
}
