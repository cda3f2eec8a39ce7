/** The built program, run as it is or in a copy that can be changed. */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CLI } from './cli.ts';
import { realRoot, temporaryDirectory } from './real-root.ts';
import { directory } from './world.ts';

export const PLAN = `version: 1
name: test
steps:
  - id: home
    uses: directory
    with: { path: /home/me }
`;

/** The built program in a directory that can be changed, with its plans beside it. */
export function copied(): string {
  const [from, to] = [join(dirname(CLI), '..'), temporaryDirectory()];
  for (const name of ['dist', 'plans'])
    cpSync(join(from, name), join(to, name), { recursive: true });
  return join(to, 'dist');
}

/** The code caches of the program and of its libraries. */
export function cachesIn(dist: string): string[] {
  const names = readdirSync(dist, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.cache')).sort();
}

/** How a node ends with the program, at a command that loads its libraries, too. */
export function ends(node: string, dist: string, flags: readonly string[] = []): unknown {
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

/** How it ends where all is well. */
export const WELL = {
  status: 0,
  signal: null,
  headline: 'test: 1 of 1 step would act, 2 changes. Nothing is blocked.',
};
