/* A derived image adds a fragment, and validates it while it is built. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRoot } from '../../scripts/sandbox/root.ts';
import { CLI, type CliResult } from '../support/cli.ts';
import { isRoot, temporaryDirectory } from '../support/real-root.ts';
import { asUser, lackingFor, mounted, needs, type Before } from '../support/unshared.ts';

const lacking = lackingFor('unshare', 'mount', 'sh', 'setpriv');
const LOADS = join(import.meta.dirname, '../support/loads.cjs');

/** Where the program is: every directory above it is root's alone, as in an image. */
const PROGRAM = '/mnt/dist/hermes-boot.cjs';

const LEFT = 'Left compiled in /mnt/compiled: a boot of the same files need not parse them.\n';

const FRAGMENT = `version: 1
extends: stage2
steps:
  - id: fly-socket
    off: true
`;

/** A machine with the program and a fragment, and a root to boot with the same one. */
interface Machine {
  readonly own: string;
  readonly root: string;
  readonly before: Before;
  /** Of the machine, and the one of the root, which are the same. */
  readonly fragments: readonly string[];
}

function machine(): Machine {
  const [at, root] = [temporaryDirectory(), temporaryDirectory()];
  const own = join(at, 'own');
  cpSync(dirname(dirname(CLI)), own, { recursive: true, preserveTimestamps: true });
  chmodSync(own, 0o755);
  makeRoot(root, isRoot);
  const fragments = [join(at, 'etc'), join(root, 'etc')].map((etc) => {
    mkdirSync(join(etc, 'hermes-boot/plan.d'), { recursive: true });
    return join(etc, 'hermes-boot/plan.d/50-site.yaml');
  });
  for (const file of fragments) writeFileSync(file, FRAGMENT);
  const script = `mount --bind '${own}' /mnt; mount --bind '${join(at, 'etc')}' /etc; cd /`;
  return { own, root, before: mounted(at, script), fragments };
}

/** Runs the program of a machine. */
function hermesBoot(
  { before }: Pick<Machine, 'before'>,
  args: readonly string[],
  { node = [], as = [] }: { node?: readonly string[]; as?: readonly string[] } = {},
): CliResult & { readonly loads: string } {
  const [program, ...rest] = before;
  const words = [...rest, ...as, process.execPath, ...node, PROGRAM, ...args];
  const { status, stdout, stderr, output } = spawnSync(program, words, {
    env: { PATH: process.env.PATH ?? '' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  return { code: status, stdout, stderr, loads: output[3] ?? '' };
}

/** Whether a boot that finds nothing to do reads no YAML: it then loads the program alone. */
function parsesNothing({ before, root }: Machine, plan = 'stage2'): boolean {
  const boot = ['run', plan, '--root', root];
  hermesBoot({ before }, boot);
  const { code, loads } = hermesBoot({ before }, boot, { node: ['--require', LOADS] });
  expect(code).toBe(0);
  return loads === JSON.stringify({ cachesRejected: [false], modules: [] });
}

describe.skipIf(lacking !== undefined)(`validate${needs(lacking)}`, () => {
  it('leaves a plan with a fragment compiled, so that a boot loads what one without a fragment does', () => {
    const image = machine();
    expect(parsesNothing(image)).toBe(false);
    const { code, stdout, stderr } = hermesBoot(image, ['validate', '--strict']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\/mnt\/plans\/stage2\.yaml with 1 fragment: no mistakes .*\n/);
    expect(stdout.split('\n').slice(1).join('\n')).toBe(LEFT);
    expect(parsesNothing(image)).toBe(true);
  });

  it('leaves nothing that shows: plan, explain, origin and JSON say the same with and without it', () => {
    const image = machine();
    const commands = [['--explain'], ['--origin'], ['--json'], ['--origin', '--json']];
    const shown = (): unknown[] =>
      commands.map((options) => {
        const { code, stdout, stderr } = hermesBoot(image, [
          'plan',
          '--root',
          image.root,
          ...options,
        ]);
        return { code, stdout, stderr };
      });
    const parsed = shown();
    expect(JSON.stringify(parsed)).toContain('50-site.yaml:4 switches off');
    expect(hermesBoot(image, ['validate']).stdout).toContain(LEFT);
    expect(shown()).toEqual(parsed);
    expect(parsesNothing(image)).toBe(true);
  });

  it('leaves an edited plan compiled, which is not used for the next edit of it', () => {
    const image = machine();
    for (const file of image.fragments) writeFileSync(file, 'version: 1\nextends: other\n');
    const plan = join(image.own, 'plans/stage2.yaml');
    appendFileSync(plan, '# edited\n');
    expect(parsesNothing(image)).toBe(false);
    expect(hermesBoot(image, ['validate']).stdout).toContain(LEFT);
    expect(parsesNothing(image)).toBe(true);
    appendFileSync(plan, '# again\n');
    expect(parsesNothing(image)).toBe(false);
  });

  it('leaves it for a mistake in a fragment to be shown in its place all the same', () => {
    const image = machine();
    hermesBoot(image, ['validate']);
    for (const file of image.fragments)
      writeFileSync(file, FRAGMENT.replace('off: true', 'of: true'));
    const { code, stderr } = hermesBoot(image, ['run', '--root', image.root]);
    expect(code).toBe(78);
    expect(stderr).toMatch(/50-site\.yaml:5:5 /);
  });

  it('writes nothing without root, and says so', () => {
    const image = machine();
    const { code, stdout } = hermesBoot(image, ['validate'], { as: asUser(1000, 1000) });
    expect(code).toBe(0);
    expect(stdout.split('\n')[1]).toBe(
      'Not left compiled, so that each boot parses it: this process is not root.',
    );
    expect(existsSync(join(image.own, 'compiled'))).toBe(false);
  });

  it('writes nothing for a plan with mistakes, nor, with --strict, for one with warnings', () => {
    const image = machine();
    const twice = (id: string): string =>
      `  - { id: ${id}, uses: file.mode, with: { path: /tmp/x, mode: "0${id}" } }\n`;
    const texts = [
      FRAGMENT.replace('fly-socket', 'fly-sockets'),
      `version: 1\nextends: stage2\nsteps:\n${twice('600')}${twice('644')}`,
    ];
    for (const text of texts) {
      writeFileSync(image.fragments[0] ?? '', text);
      expect(hermesBoot(image, ['validate', '--strict'])).toMatchObject({ code: 78, stdout: '' });
      expect(existsSync(join(image.own, 'compiled'))).toBe(false);
    }
  });

  it('writes nothing for a plan that the build has compiled, and does not speak of it', () => {
    const image = machine();
    writeFileSync(image.fragments[0]?.replace('50-site.yaml', '.hidden') ?? '', '');
    const plain = {
      ...image,
      before: mounted(image.own, `mount --bind '${image.own}' /mnt; cd /`),
    };
    const { stdout } = hermesBoot(plain, ['validate']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(readdirSync(image.own)).not.toContain('compiled');
  });

  it('succeeds on a read-only root, and says why it left nothing', () => {
    const image = machine();
    const [, ...words] = image.before;
    const before: Before = [
      'unshare',
      ...words.map((word) => word.replace('; cd /', '; mount -o remount,bind,ro /mnt; cd /')),
    ];
    const { code, stdout } = hermesBoot({ before }, ['validate']);
    expect(code).toBe(0);
    expect(stdout.split('\n')[1]).toMatch(
      /^Not left compiled, so that each boot parses it: .*EROFS/,
    );
    expect(parsesNothing({ ...image, before })).toBe(false);
  });
});
