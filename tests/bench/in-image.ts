import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { environment } from './environment.ts';
import type { Row, Settings } from './group.ts';
import { runOnce, type Peer } from './measure.ts';
import { against, type Pair } from './rows.ts';
import { makeSkills } from './skills.ts';

/*
 * The part of the group `image` that runs in the container, as root: makes the image as large as the
 * agent's, boots until nothing is left to do, measures, and prints the result as JSON.
 */

const HOME = '/opt/data';
const INSTALL = '/opt/hermes';
const DEBIAN = '/tmp/debian';
const ROUNDS = 25;
const SKILLS = 76;

const PATH = '/command:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const ENV = { PATH, HERMES_HOME: HOME, HERMES_INSTALL: INSTALL };

const PLANS = ['stage2', 'supervise-perms', 'reconcile-profiles'] as const;

const STATUS = 'hermes-boot status';

type Command = readonly [string, ...string[]];

/** A Node of the image, and the program for it. */
interface Build {
  readonly id: string;
  /** What is put behind the name of a row. */
  readonly of: string;
  readonly node: string;
  readonly hermesBoot: Command;
}

const OURS: Build = {
  id: 'image',
  of: '',
  node: '/opt/hermes-boot/bin/node',
  hermesBoot: ['/usr/local/bin/hermes-boot'],
};

const DEBIANS: Build = {
  id: 'image-debian',
  of: ", Debian's Node",
  node: '/usr/bin/node',
  hermesBoot: ['/usr/bin/node', `${DEBIAN}/dist/hermes-boot.cjs`],
};

const HOOK = peer('shell hook with two helpers', ['sh', '/bench/peers/hook.sh']);
const START = peer('hook and reconciler', ['sh', '/bench/peers/container-start.sh']);

const wanted: unknown = JSON.parse(process.argv[2] ?? '{}');
const settings: Settings = {
  short: has(wanted, 'short') && wanted.short === true,
  scale: 1,
  ...(has(wanted, 'rounds') && typeof wanted.rounds === 'number' ? { rounds: wanted.rounds } : {}),
  say: (text) => process.stderr.write(`${text}\n`),
};

prepare();
const rows = [
  ...rowsOf(OURS),
  ...floor(OURS),
  pair({
    id: 'image-health',
    what: 'health check',
    subject: peer('health check', ['/opt/hermes-boot/bin/health']),
    peer: peer(STATUS, [...OURS.hermesBoot, 'status']),
  }),
  ...rowsOf(DEBIANS),
  fragment(),
];
process.stdout.write(`${JSON.stringify({ environment: environment(), rows })}\n`);

/** Makes what the agent's image has, and boots until nothing is left to do. */
function prepare(): void {
  for (const directory of ['scripts', 'tools']) mkdirSync(`${INSTALL}/${directory}`);
  copyFileSync('/bench/peers/migrate.py', `${INSTALL}/scripts/docker_config_migrate.py`);
  copyFileSync('/bench/peers/helper.py', `${INSTALL}/tools/skills_sync.py`);
  makeSkills(INSTALL, HOME, SKILLS);
  writeFileSync(`${HOME}/config.yaml`, config());
  const profile = `${HOME}/profiles/coder`;
  mkdirSync(profile, { recursive: true });
  writeFileSync(`${profile}/SOUL.md`, 'soul\n');
  for (const name of ['dist', 'plans'])
    cpSync(`/opt/hermes-boot/${name}`, `${DEBIAN}/${name}`, { recursive: true });
  runOnce(peer('code cache', ['/usr/bin/node', `${DEBIAN}/dist/code-cache.cjs`]));
  runOnce(peer('chown', ['chown', '-R', 'hermes:hermes', HOME]));
  const boot = peer('boot', [...OURS.hermesBoot, 'run', ...PLANS, '--strict']);
  for (const first of [boot, boot, START, START, boot]) runOnce(first);
  runOnce(peer('verify', [...OURS.hermesBoot, 'verify', 'stage2']));
  const { stdout, stderr } = spawnSync('sh', ['/bench/peers/container-start.sh'], {
    env: ENV,
    encoding: 'utf8',
  });
  if (stdout !== 'stage2: setup complete, starting services\n')
    throw new Error(`the hook finds something to do, or fails:\n${stdout}${stderr}`);
}

/** As large as the agent's own example: 83 kB, of which 7 kB are settings and the rest comments. */
function config(): string {
  const lines = ['_config_version: 12'];
  for (let section = 0; section < 30; section += 1) {
    lines.push(`section_${section}:`);
    for (let key = 0; key < 10; key += 1) {
      for (let line = 0; line < 4; line += 1) lines.push(`  # ${'what this is for '.repeat(4)}`);
      lines.push(`  setting_${key}: value ${key}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function rowsOf({ id, of, node, hermesBoot }: Build): Row[] {
  const warm = peer(`hermes-boot run stage2${of}`, [...hermesBoot, 'run', 'stage2']);
  const bare = peer(`node -e 0${of}`, [node, '-e', '0']);
  const status = peer(STATUS, [...hermesBoot, 'status']);
  const plans = peer('three plans', [...hermesBoot, 'run', ...PLANS]);
  const boot = `warm boot in the image${of}`;
  const start = `the three plans of a container's start${of}`;
  return [
    pair({ id: `${id}-node`, what: boot, subject: warm, peer: bare }),
    pair({ id: `${id}-hook`, what: boot, subject: warm, peer: HOOK }),
    pair({ id: `${id}-plans`, what: start, subject: plans, peer: START }),
    pair({ id: `${id}-status`, what: `${STATUS}${of}`, subject: status, peer: bare }),
  ];
}

/** What a boot cannot do without, beside what its goals are measured by. */
function floor({ node }: Build): Row[] {
  const words = ['/bench/peers/floor.cjs', '/opt/hermes-boot/dist/program.cjs', HOME];
  const subject = peer('what no boot can do without', [node, ...words]);
  const row = { what: 'what no boot can do without', subject };
  return [
    pair({ id: 'image-floor-node', ...row, peer: peer('node -e 0', [node, '-e', '0']) }),
    pair({ id: 'image-floor-hook', ...row, peer: HOOK }),
  ];
}

/** A fragment that a derived image has validated while it was built, there for every other boot. */
function fragment(): Row {
  const [there, gone] = ['/etc/hermes-boot/plan.d', '/etc/hermes-boot/plan.d.off'];
  mkdirSync(gone, { recursive: true });
  const text = 'version: 1\nextends: stage2\nsteps:\n  - { id: fly-socket, off: true }\n';
  writeFileSync(`${gone}/50-site.yaml`, text);
  const put = (): void => {
    renameSync(gone, there);
  };
  const take = (): void => {
    renameSync(there, gone);
  };
  const boot = peer('warm boot without one', [...OURS.hermesBoot, 'run', 'stage2']);
  put();
  runOnce(peer('validate', [...OURS.hermesBoot, 'validate', '--strict']));
  take();
  const row = pair({
    id: 'image-fragment',
    what: 'warm boot with a fragment that validate has compiled',
    subject: { ...boot, name: 'warm boot with a fragment', before: put, after: take },
    peer: { ...boot, before: () => undefined },
  });
  rmSync('/etc/hermes-boot', { recursive: true });
  return row;
}

function pair(one: Omit<Pair, 'cache' | 'rounds'>): Row {
  return against(settings, { ...one, cache: 'warm', rounds: ROUNDS });
}

function peer(name: string, argv: Command): Peer {
  return { name, argv, env: ENV };
}

function has<K extends string>(value: unknown, key: K): value is Record<K, unknown> {
  return typeof value === 'object' && value !== null && key in value;
}
