import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeRoot } from '../../scripts/sandbox/root.ts';
import { readReceipt, type ShortReceipt } from '../../src/report/receipt.ts';
import { CLI, hermesBoot, type CliResult } from '../support/cli.ts';
import { differences } from '../support/boot.ts';
import { isRoot, NEEDS_ROOT, snapshot, temporaryDirectory } from '../support/real-root.ts';

const HOME = 'opt/data';
const STATE = `${HOME}/.hermes-boot`;
const HISTORY = `${STATE}/history.jsonl`;
const STATUS = 'run/hermes-boot/status.json';

/** Whether this machine lets root mount; many containers do not. */
const mounts = isRoot && spawnSync('unshare', ['-m', 'true']).status === 0;
const NEEDS_MOUNTS = 'needs root and mounts';

/** A root with a used volume that has been booted. */
function bootedRoot(): string {
  const root = temporaryDirectory();
  makeRoot(root, isRoot);
  expect(boot(root).code).toBe(0);
  return root;
}

function boot(root: string, env: Readonly<Record<string, string>> = {}): CliResult {
  return hermesBoot(['run', 'stage2', '--root', root], env);
}

function statusOf(root: string): CliResult {
  return hermesBoot(['status', '--root', root]);
}

function receiptsIn(root: string): ShortReceipt[] {
  const lines = readFileSync(join(root, HISTORY), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const receipt = readReceipt(line);
    if (receipt === undefined) throw new Error(`not a receipt: ${line}`);
    return receipt;
  });
}

/** The warnings about receipts in a log. */
function troubles({ stderr }: CliResult): string[] {
  return stderr.split('\n').filter((line) => line.includes('receipt'));
}

/** How many entries a walk looks at before it lets signals in. */
const STRETCH = 4096;

/**
 * Boots a plan that has more to say than a pipe holds, and sends it a signal while nobody reads.
 * @returns its exit code; null when the signal killed it
 */
async function stopped(root: string, signal: 'SIGKILL' | 'SIGTERM'): Promise<unknown> {
  mkdirSync(join(root, 'opt/app/many'), { recursive: true });
  for (let at = 0; at <= STRETCH; at += 1) writeFileSync(join(root, `opt/app/many/${at}`), '');
  // Each step tells of its path; together that is three times what a pipe holds.
  const path = `/${'x'.repeat(200)}`.repeat(19);
  const talking = Array.from(
    { length: 230 },
    (_, at) => `  - { id: s${at}, uses: file.mode, with: { path: ${path}, mode: "0644" } }`,
  );
  const walk = `{ base: /opt/app, owner: "0:0", trees: [many], top: false }`;
  const last = `  - { id: walk, uses: owner.paths, with: ${walk} }`;
  const plan = join(temporaryDirectory(), 'slow.yaml');
  const head = ['version: 1', 'name: slow', 'home: /opt/data', 'steps:'];
  writeFileSync(plan, [...head, ...talking, last, ''].join('\n'));
  const running = spawn(process.execPath, [CLI, 'run', plan, '--json', '--root', root], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let code: unknown;
  const closed = once(running, 'close').then((result: unknown[]) => {
    code = result[0];
  });
  await once(running.stdout, 'readable');
  running.kill(signal);
  running.stdout.resume();
  await closed;
  return code;
}

/** Mounts over a directory until the test is over. */
function mount(directory: string, ...options: readonly string[]): void {
  execFileSync('mount', [...options, directory]);
  onTestFinished(() => {
    spawnSync('umount', ['-l', directory]);
  });
}

describe.skipIf(!isRoot)(`on disk (${NEEDS_ROOT}),`, () => {
  it('a second boot changes nothing but its receipts (law 3)', () => {
    const root = bootedRoot();
    const before = snapshot(root);
    expect(boot(root).stderr).toContain('nothing to do');
    expect(differences(before, snapshot(root))).toEqual([`/${HISTORY}`, `/${STATUS}`]);
  });

  it('a history belongs to the owner of the home, a status to root, and all may read both', () => {
    const root = temporaryDirectory();
    makeRoot(root, true);
    expect(boot(root, { PUID: '99', PGID: '100' }).code).toBe(0);
    const look = (path: string): string => {
      const { uid, gid, mode } = lstatSync(join(root, path));
      return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
    };
    expect([STATE, HISTORY].map(look)).toEqual(['99:100 755', '99:100 644']);
    expect(['run/hermes-boot', STATUS].map(look)).toEqual(['0:0 755', '0:0 644']);
    const asHermes = hermesBoot(['status', '--root', root], {}, { uid: 99, gid: 100 });
    expect(asHermes).toMatchObject({ code: 0, stderr: '' });
  });

  it('a history that is long is moved aside, and what is there stays readable', () => {
    const root = bootedRoot();
    const [first = ''] = readFileSync(join(root, HISTORY), 'utf8').split('\n');
    writeFileSync(join(root, HISTORY), `${first}\n`.repeat(Math.ceil(262_144 / first.length)));
    expect(boot(root).code).toBe(0);
    expect(readdirSync(join(root, STATE))).toEqual(['history.jsonl', 'history.jsonl.1', 'seeds']);
    expect(receiptsIn(root)).toMatchObject([{ result: 'done', changes: 0 }]);
    const { stdout } = hermesBoot(['history', '--root', root]);
    expect(stdout.trimEnd().split('\n')).toHaveLength(21);
  });

  it.each([
    [
      'a link',
      (path: string) => {
        symlinkSync('/etc/passwd', path);
      },
      'ELOOP',
    ],
    [
      'a link to nothing',
      (path: string) => {
        symlinkSync('/srv/new', path);
      },
      'ELOOP',
    ],
    [
      'a second name of another file',
      (path: string) => {
        writeFileSync(`${path}.x`, '');
        linkSync(`${path}.x`, path);
      },
      'is not a log of hermes-boot',
    ],
    [
      'a FIFO',
      (path: string) => {
        execFileSync('mkfifo', [path]);
      },
      'ENXIO',
    ],
    [
      'a directory',
      (path: string) => {
        mkdirSync(path);
      },
      'EISDIR',
    ],
  ])('%s in the place of a history is left alone, and told in one line', (_, make, why) => {
    const root = bootedRoot();
    rmSync(join(root, HISTORY));
    make(join(root, HISTORY));
    // As hermes makes it: anything of root in there would be repaired by the boot.
    execFileSync('chown', ['-hR', '10000:10000', join(root, STATE)]);
    const before = snapshot(root);
    const outcome = boot(root);
    expect(outcome.code).toBe(0);
    expect(troubles(outcome)).toEqual([expect.stringContaining(why)]);
    expect(differences(before, snapshot(root))).toEqual([`/${STATUS}`]);
    expect(statusOf(root).code).toBe(0);
  });

  it('nothing is written behind a link in the place of the directory of a history', () => {
    const root = bootedRoot();
    rmSync(join(root, STATE), { recursive: true });
    symlinkSync('/srv', join(root, STATE));
    const outcome = boot(root);
    expect(outcome.code).toBe(0);
    expect(troubles(outcome)).toHaveLength(1);
    expect(readdirSync(join(root, 'srv'))).toEqual(['me']);
  });

  it('a home that is a directory of the system gets no history', () => {
    const root = bootedRoot();
    const plan = join(temporaryDirectory(), 'plan.yaml');
    writeFileSync(
      plan,
      'version: 1\nname: odd\nhome: /etc\nsteps:\n  - { id: a, uses: directory, with: { path: /srv/a } }\n',
    );
    const outcome = hermesBoot(['run', plan, '--root', root]);
    expect(outcome.code).toBe(0);
    expect(troubles(outcome)).toEqual([expect.stringContaining('a directory of the system')]);
    expect(readdirSync(join(root, 'etc'))).not.toContain('.hermes-boot');
  });

  it('two boots at once append whole lines', async () => {
    const root = bootedRoot();
    const boots = Array.from({ length: 4 }, () =>
      spawn(process.execPath, [CLI, 'run', 'stage2', '--root', root], { stdio: 'ignore' }),
    );
    await Promise.all(boots.map((one) => once(one, 'close')));
    expect(receiptsIn(root)).toHaveLength(5);
    expect(statusOf(root).code).toBe(0);
  });

  it('a boot that is killed is told from one that still runs, until the next', async () => {
    const root = bootedRoot();
    expect(await stopped(root, 'SIGKILL')).toBe(null);
    const { code, stdout } = statusOf(root);
    expect(code).toBe(1);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /^killed: the boot of slow that began at \S+ \S+ UTC was killed; the next boot goes on $/,
    );
    const json = hermesBoot(['status', '--json', '--root', root]).stdout;
    expect(JSON.parse(json)).toMatchObject({ result: 'killed', boots: [{}, { result: 'killed' }] });
    expect(hermesBoot(['status', 'stage2', '--root', root]).code).toBe(0);
  });

  it('a boot that SIGTERM stops keeps its receipt', async () => {
    const root = bootedRoot();
    expect(await stopped(root, 'SIGTERM')).toBe(143);
    const { code, stdout } = statusOf(root);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^interrupted: slow ended .*; the next boot goes on\n/);
    expect(receiptsIn(root).map(({ result }) => result)).toEqual(['done', 'interrupted']);
  });
});

describe.skipIf(!mounts)(`whatever becomes of the file systems (${NEEDS_MOUNTS}),`, () => {
  it('a boot of a full home ends as it would, and its status tells', () => {
    const root = bootedRoot();
    const home = join(root, HOME);
    const copy = join(temporaryDirectory(), 'home');
    execFileSync('cp', ['-a', home, copy]);
    mount(home, '-t', 'tmpfs', '-o', 'size=1m,uid=10000,gid=10000,mode=755', 'tmpfs');
    execFileSync('cp', ['-a', `${copy}/.`, home]);
    // To the last byte of the last page of the history, too.
    spawnSync('sh', [
      '-c',
      'cat /dev/zero > "$0/zeros"; cat /dev/zero >> "$0/.hermes-boot/pad"',
      home,
    ]);
    execFileSync('chown', ['10000:10000', join(home, '.hermes-boot/pad')]);
    const before = readFileSync(join(root, HISTORY), 'utf8');
    writeFileSync(join(root, HISTORY), before.padEnd(Math.ceil(before.length / 4096) * 4096, '\n'));
    const outcome = boot(root);
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toContain('nothing to do');
    expect(troubles(outcome)).toEqual([expect.stringContaining('no space is left')]);
    expect(statusOf(root)).toMatchObject({ code: 0 });
  });

  it('a boot of a home that is read-only ends as it would, and its status tells', () => {
    const root = bootedRoot();
    const home = join(root, HOME);
    mount(home, '--bind', home);
    execFileSync('mount', ['-o', 'remount,bind,ro', home]);
    const outcome = boot(root);
    expect(outcome.code).toBe(0);
    expect(troubles(outcome)).toEqual([expect.stringContaining('EROFS')]);
    expect(statusOf(root)).toMatchObject({ code: 0 });
  });

  it('a boot whose status cannot be written leaves none that is older', () => {
    const root = bootedRoot();
    const run = join(root, 'run/hermes-boot');
    mount(run, '-t', 'tmpfs', '-o', 'size=16k', 'tmpfs');
    expect(boot(root).code).toBe(0);
    expect(statusOf(root).code).toBe(0);
    spawnSync('sh', ['-c', 'cat /dev/zero > "$0/zeros"', run]);
    rmSync(join(root, STATUS));
    writeFileSync(join(root, STATUS), '');
    spawnSync('sh', ['-c', 'cat /dev/zero >> "$0/zeros"', run]);
    const outcome = boot(root);
    expect(outcome.code).toBe(0);
    expect(troubles(outcome)).toEqual([expect.stringContaining('no space left')]);
    expect(statusOf(root)).toMatchObject({ code: 1 });
    expect(receiptsIn(root)).toHaveLength(3);
  });
});
