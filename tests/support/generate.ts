import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { directory, file, link, special } from './world.ts';

/*
 * Worlds as boots find them: used homes with leftovers, links, odd files and missing parts, in
 * any combination.
 */

const owners = fc.constantFrom('0:0', '10000:10000', '1000:1000', '1000:10000', '99:100', '33:33');
const modes = fc.constantFrom(0o600, 0o640, 0o644, 0o664, 0o755, 0o777, 0o4755);

/** Something at a path: mostly a file or what belongs there, sometimes what does not. */
function anything(text: fc.Arbitrary<string>): fc.Arbitrary<MemoryNode> {
  const look = fc.record({ owner: owners, mode: modes });
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(text, look).map(([content, at]) => file(content, at)) },
    { weight: 1, arbitrary: look.map((at) => directory(at)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('/srv/me', 'missing', '/etc/passwd').map((to) => link(to)),
    },
    { weight: 1, arbitrary: look.map((at) => special('fifo', at)) },
    { weight: 1, arbitrary: text.map((content) => file(content, { nlink: 2 })) },
  );
}

const words = fc.constantFrom('', 'docker\n', ' do cker \r\n', 'git\n', 'secret=canary\n', '{}');
const configs = fc.constantFrom(
  '',
  '_config_version: 11\nmodel:\n  name: x # kept\n',
  '_config_version: 12\n',
  'model: [unclosed\n',
  '- a\n- list\n',
  'model:\n  default: y\n',
);

const session = (more: object, token = 'canary'): string =>
  `{"n":1.0,"providers":{"other":{"access_token":"${token}"},"nous":${JSON.stringify(more)}}}`;
const over = { last_auth_error: { relogin_required: true }, access_token: '' };
const alive = { access_token: 'canary', refresh_token: 'canary' };
const auths = fc.oneof(
  fc.constantFrom(
    session({ ...over, obtained_at: '2026-07-01T00:00:00Z' }),
    session({ ...alive, obtained_at: '2026-05-01T00:00:00Z' }),
    session({ ...alive, obtained_at: '2026-07-01T00:00:00Z' }),
    session(alive),
  ),
  words,
);

const souls = fc.constantFrom('soul\n', 'old soul\n', 'mine\n');
const records = fc.oneof(
  { weight: 3, arbitrary: souls.map((soul) => `${sha256(soul)}\n`) },
  { weight: 1, arbitrary: words },
);

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const FILES = {
  '.env': words,
  'auth.json': auths,
  'SOUL.md': fc.oneof(souls, words),
  '.install_method': words,
  'gateway_state.json': words,
  'state.db': words,
};
const TREES = ['sessions', 'cron', 'skills', 'profiles', 'home', 'logs', 'platforms', 'workspace'];
const FOREIGN = ['photos', 'notes.txt', 'work'];

/** What is remembered of seeded files, or what has taken the place of it. */
const memories: fc.Arbitrary<Record<string, MemoryNode>> = fc.oneof(
  fc.constant({}),
  anything(words).map((node) => ({ '.hermes-boot': node })),
  anything(records).map((node) => ({
    '.hermes-boot': directory({ owner: '10000:10000' }),
    '.hermes-boot/seeds': directory({ owner: '10000:10000' }),
    '.hermes-boot/seeds/SOUL.md': node,
  })),
);

/** Entries of a home: listed files, listed trees with something in them, and foreign ones. */
const homes: fc.Arbitrary<Record<string, MemoryNode>> = fc
  .tuple(
    fc.record(
      Object.fromEntries(
        Object.entries(FILES).map(([name, texts]) => [
          name,
          fc.option(anything(texts), { nil: undefined }),
        ]),
      ),
    ),
    fc.option(anything(configs), { nil: undefined }),
    fc.array(fc.tuple(fc.constantFrom(...TREES, ...FOREIGN), anything(words)), { maxLength: 6 }),
    fc.array(fc.tuple(fc.constantFrom(...TREES, 'photos'), anything(words)), { maxLength: 12 }),
    owners,
    memories,
  )
  .map(([files, config, tops, inside, owner, memory]) => {
    const home: Record<string, MemoryNode> = { '/opt/data': directory({ owner }) };
    const put = (path: string, node: MemoryNode | undefined): void => {
      if (node !== undefined) home[`/opt/data/${path}`] = node;
    };
    for (const [name, node] of Object.entries(files)) put(name, node);
    put('config.yaml', config);
    for (const [name, node] of Object.entries(memory)) put(name, node);
    for (const [name, node] of tops) put(name, node);
    inside.forEach(([tree, node], index) => {
      const top = home[`/opt/data/${tree}`];
      if (top === undefined) put(tree, directory({ owner: '10000:10000' }));
      if (top === undefined || top.type === 'directory') put(`${tree}/${index}`, node);
    });
    return home;
  });

const INSTALL: Readonly<Record<string, MemoryNode>> = {
  '/opt/hermes/.env.example': file('KEY=\n'),
  '/opt/hermes/cli-config.yaml.example': file('model:\n  default: z\n'),
  '/opt/hermes/docker/SOUL.md': file('soul\n'),
  '/opt/hermes/.install_method': file('docker\n'),
  '/opt/hermes/skills/notes/SKILL.md': file('notes'),
  '/opt/hermes/skills/ml/train/SKILL.md': file('train'),
  '/opt/hermes/skills/ml/DESCRIPTION.md': file('about'),
  '/opt/hermes/.playwright/chromium-1/chrome': file('', { mode: 0o755 }),
  '/srv/me/kept': file('kept', { owner: '33:33' }),
};

const installs = fc.constantFrom(
  INSTALL,
  {},
  { ...INSTALL, '/opt/hermes/.venv': directory(), '/opt/hermes/.venv/lib': file('') },
  { ...INSTALL, '/opt/hermes/.venv': directory({ owner: '10000:10000' }) },
);

const sockets = fc.option(
  fc.constantFrom('0:998', '0:100', '0:0', '0:10000').map((owner) => special('socket', { owner })),
  { nil: undefined },
);

/** A place of everybody, and what somebody has put where private directories belong. */
const places: fc.Arbitrary<Record<string, MemoryNode>> = fc
  .record({
    '/tmp': fc.constantFrom(0o1777, 0o777, 0o755).map((mode) => directory({ mode })),
    '/tmp/hermes-files': privates(),
    '/tmp/runtime': privates(),
  })
  .map((nodes) =>
    Object.fromEntries(
      Object.entries(nodes).flatMap(([path, node]) => (node === undefined ? [] : [[path, node]])),
    ),
  );

function privates(): fc.Arbitrary<MemoryNode | undefined> {
  const look = fc.record({ owner: owners, mode: fc.constantFrom(0o700, 0o755, 0o1777) });
  return fc.option(
    fc.oneof(
      look.map((at) => directory(at)),
      anything(words),
    ),
    { nil: undefined },
  );
}

const baked = fc.option(
  fc.constantFrom('/opt/hermes/.playwright/chromium-1/chrome\n', '/nowhere/chrome\n', ''),
  { nil: undefined },
);

/** A world before a boot: an install tree, a docker socket perhaps, and a home or none. */
export const worlds: fc.Arbitrary<Record<string, MemoryNode>> = fc
  .tuple(
    installs,
    sockets,
    fc.oneof(
      { weight: 8, arbitrary: homes },
      fc.constant({}),
      fc.constant({ '/opt/data': link('/srv/me') }),
    ),
    places,
    baked,
  )
  .map(([install, socket, home, place, browser]) => ({
    '/run': directory(),
    '/var/run': link('/run'),
    ...install,
    ...(socket === undefined ? {} : { '/run/docker.sock': socket }),
    ...place,
    ...(browser === undefined
      ? {}
      : { '/etc/hermes/agent-browser-executable-path': file(browser) }),
    ...home,
  }));

const fresh = { access_token: 'shoot', refresh_token: 'shoot', client_id: 'hermes-cli-vps' };

const ids = fc.constantFrom('', '1000', '99', '100', '10000', '0', 'abc', '65535');

/** What a container is started with. */
export const environments: fc.Arbitrary<Record<string, string>> = fc.record({
  HERMES_UID: ids,
  PUID: ids,
  PGID: ids,
  HERMES_SKIP_CONFIG_MIGRATION: fc.constantFrom('', '1', 'maybe'),
  HERMES_GATEWAY_BOOTSTRAP_STATE: fc.constantFrom('', 'running', 'stopped'),
  PLAYWRIGHT_BROWSERS_PATH: fc.constantFrom('', '/opt/hermes/.playwright', '/nowhere'),
  HERMES_AUTH_JSON_REBOOTSTRAP: fc.constantFrom(
    '',
    session({ ...fresh, obtained_at: '2026-06-01T00:00:00Z' }, 'shoot'),
    JSON.stringify(fresh),
    session(over, 'shoot'),
    'shoot{',
  ),
  XDG_RUNTIME_DIR: fc.constantFrom('', '/tmp/runtime', '/run/user/10000', '/tmp', 'relative'),
  AGENT_BROWSER_EXECUTABLE_PATH: fc.constantFrom('', '/usr/bin/chromium'),
});
