import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  lchownSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isMap, isSeq, parse, parseDocument } from 'yaml';

/** The fixtures that a sandbox is made of. */
const FIXTURES = join(import.meta.dirname, '../../tests/fixtures/sandbox');

/** The owner that the image gives its account, and the one that the host wants. */
const BUILT = { uid: 10000, gid: 10000 };

const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nhermes:x:10000:10000::/opt/data:/bin/sh\n';
const GROUP = 'root:x:0:\nusers:x:100:\nhermes:x:10000:\n';
const SHADOW = 'root:*:20000:0:99999:7:::\nhermes:!:20000:0:99999:7:::\n';
const GSHADOW = 'root:*::\nusers:*::\nhermes:!::\n';

/**
 * Makes a root with an install tree and a used volume that has real trouble in it.
 * @param root an empty directory of this machine
 * @param asRoot whether files can be given to the accounts that they would belong to
 */
export function makeRoot(root: string, asRoot: boolean): void {
  const own = (path: string, uid: number, gid: number): void => {
    if (asRoot) lchownSync(join(root, path), uid, gid);
  };
  makeSystem(root);
  cpSync(join(FIXTURES, 'install'), join(root, 'opt/hermes'), { recursive: true });
  // As the Dockerfile makes it: without it, two roots of the same skills are not the same image.
  writeFileSync(join(root, 'opt/hermes/skills/.digest'), 'sandbox\n');
  const browsers = 'opt/hermes/.playwright/chromium_headless_shell-1187';
  for (const name of ['chrome-headless-shell', 'libGLESv2.so']) {
    chmodSync(join(root, browsers, 'chrome-headless-shell-linux64', name), 0o755);
  }
  for (const tree of ['.venv', 'ui-tui', 'node_modules', 'gateway']) {
    mkdirSync(join(root, 'opt/hermes', tree));
    writeFileSync(join(root, 'opt/hermes', tree, 'built-in-the-image'), '');
    for (const path of ['', '/built-in-the-image']) {
      own(`opt/hermes/${tree}${path}`, BUILT.uid, BUILT.gid);
    }
  }
  makeHome(root, own);
}

function makeSystem(root: string): void {
  for (const path of ['etc', 'run/s6/container_environment', 'var', 'srv/me', 'opt']) {
    mkdirSync(join(root, path), { recursive: true });
  }
  mkdirSync(join(root, 'tmp'));
  chmodSync(join(root, 'tmp'), 0o1777);
  symlinkSync('/run', join(root, 'var/run'));
  writeFileSync(join(root, 'etc/passwd'), PASSWD);
  writeFileSync(join(root, 'etc/group'), GROUP);
  writeFileSync(join(root, 'etc/shadow'), SHADOW, { mode: 0o640 });
  writeFileSync(join(root, 'etc/gshadow'), GSHADOW, { mode: 0o640 });
  makeSocket(join(root, 'run/docker.sock'));
  if (process.geteuid?.() === 0) lchownSync(join(root, 'run/docker.sock'), 0, 998);
}

/** A home as the last container left it, after a few `docker exec` as root. */
function makeHome(root: string, own: (path: string, uid: number, gid: number) => void): void {
  cpSync(join(FIXTURES, 'home'), join(root, 'opt/data'), { recursive: true });
  symlinkSync('/srv/me', join(root, 'opt/data/home'));
  chmodSync(join(root, 'opt/data/.env'), 0o644);
  const hermes = ['', '/.env', '/config.yaml', '/sessions', '/skills', '/skills/mine.md', '/cron'];
  for (let day = 2; day <= 28; day += 1) {
    const session = `/sessions/2026-05-${String(day).padStart(2, '0')}.json`;
    writeFileSync(join(root, 'opt/data', session), '{}\n');
    hermes.push(session);
  }
  for (const path of hermes) own(`opt/data${path}`, BUILT.uid, BUILT.gid);
}

/** A socket stays behind only when the server that made it dies without closing it. */
function makeSocket(path: string): void {
  const script = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script, path]);
}

/**
 * The stage2 plan with one difference: its config step edits the file by itself instead of starting
 * the agent's migration program, which the sandbox does not have.
 */
export function sandboxPlan(stage2: string): string {
  const plan = parseDocument(readFileSync(stage2, 'utf8'));
  const edits: unknown = parse(readFileSync(join(FIXTURES, 'config-edits.yaml'), 'utf8'));
  const steps = plan.get('steps');
  if (!isSeq(steps)) throw new Error(`${stage2} has no steps`);
  const index = steps.items.findIndex((step) => isMap(step) && step.get('id') === 'config');
  plan.setIn(['steps', index, 'uses'], 'yaml.edit');
  const options = { path: '${{ inputs.home }}/config.yaml', edits };
  plan.setIn(['steps', index, 'with'], plan.createNode(options));
  return plan.toString({ lineWidth: 0 });
}
