import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRoot, sandboxPlan } from './root.ts';

/*
 * `npm start`: a throw-away root with a used volume, and what hermes-boot says and does about it.
 */

const project = join(import.meta.dirname, '../..');
const asRoot = process.geteuid?.() === 0;
const root = mkdtempSync(join(tmpdir(), 'hermes-boot-sandbox-'));
const PLAN = 'stage2.yaml';

/** What a NAS owner would pass with `docker run -e`. */
const environment = { PUID: '1000', PGID: '1000' };

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function hermesBoot(...args: string[]): void {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  say(`\n$ ${[...variables, 'hermes-boot', ...args].join(' ')}\n`);
  const env = { ...process.env, ...environment };
  const command = [join(project, 'dist/hermes-boot.cjs'), ...args];
  const { status } = spawnSync(process.execPath, command, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) say(`(exit code ${String(status)})`);
}

chmodSync(root, 0o755);
makeRoot(root, asRoot);
writeFileSync(join(root, PLAN), sandboxPlan(join(project, 'plans/stage2.yaml')));

say(`A throw-away root with an install tree and a used volume is at
  ${root}
The volume has seen a few containers: files left by root, an open .env, a
stamp that confuses the host, an old config, a link where a directory belongs.
Its owner has uid 1000; the image was built with 10000.`);

if (asRoot) {
  say('\nWhat a boot would change, and why. Nothing is written:');
  hermesBoot('plan', PLAN, '--root', '.', '--explain');
  say('\nThe boot itself:');
  hermesBoot('run', PLAN, '--root', '.');
  say('\nIs anything left to do?');
  hermesBoot('verify', PLAN, '--root', '.');
} else {
  say(`
You are not root. All files here are yours, so the owners shown are not those
of a real volume, and the boot itself cannot run: it changes owners and
accounts. A plan needs no rights. --assume-root shows what root would do:`);
  hermesBoot('plan', PLAN, '--root', '.', '--explain', '--assume-root');
}

say(`
Where to look next
  less ${join(root, PLAN)}   the plan of above
  npx hermes-boot steps            every step type and its options
  npx hermes-boot steps file.seed  one of them
  less README.md                   where the documentation is
  rm -r ${root}   when you are done`);
