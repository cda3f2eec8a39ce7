import fc from 'fast-check';
import type { MemoryNode } from '../../src/system/node.ts';
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

const FILES = ['.env', 'auth.json', 'SOUL.md', '.install_method', 'gateway_state.json', 'state.db'];
const TREES = ['sessions', 'cron', 'skills', 'profiles', 'home', 'logs', 'platforms', 'workspace'];
const FOREIGN = ['photos', 'notes.txt', 'work'];

/** Entries of a home: listed files, listed trees with something in them, and foreign ones. */
const homes: fc.Arbitrary<Record<string, MemoryNode>> = fc
  .tuple(
    fc.record(
      Object.fromEntries(
        FILES.map((name) => [name, fc.option(anything(words), { nil: undefined })]),
      ),
    ),
    fc.option(anything(configs), { nil: undefined }),
    fc.array(fc.tuple(fc.constantFrom(...TREES, ...FOREIGN), anything(words)), { maxLength: 6 }),
    fc.array(fc.tuple(fc.constantFrom(...TREES, 'photos'), anything(words)), { maxLength: 12 }),
    owners,
  )
  .map(([files, config, tops, inside, owner]) => {
    const home: Record<string, MemoryNode> = { '/opt/data': directory({ owner }) };
    const put = (path: string, node: MemoryNode | undefined): void => {
      if (node !== undefined) home[`/opt/data/${path}`] = node;
    };
    for (const [name, node] of Object.entries(files)) put(name, node);
    put('config.yaml', config);
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
  )
  .map(([install, socket, home]) => ({
    '/run': directory(),
    '/var/run': link('/run'),
    ...install,
    ...(socket === undefined ? {} : { '/run/docker.sock': socket }),
    ...home,
  }));

const ids = fc.constantFrom('', '1000', '99', '100', '10000', '0', 'abc', '65535');

/** What a container is started with. */
export const environments: fc.Arbitrary<Record<string, string>> = fc.record({
  HERMES_UID: ids,
  PUID: ids,
  PGID: ids,
  HERMES_SKIP_CONFIG_MIGRATION: fc.constantFrom('', '1', 'maybe'),
  HERMES_GATEWAY_BOOTSTRAP_STATE: fc.constantFrom('', 'running', 'stopped'),
  PLAYWRIGHT_BROWSERS_PATH: fc.constantFrom('', '/opt/hermes/.playwright', '/nowhere'),
  AGENT_BROWSER_EXECUTABLE_PATH: fc.constantFrom('', '/usr/bin/chromium'),
});
