import { describe, expect, it } from 'vitest';
import { hermesBoot } from '../support/cli.ts';
import { NEEDS_ROOT, isRoot, realRoot, snapshot } from '../support/real-root.ts';
import { directory, file, link } from '../support/world.ts';

/* Homes that a boot refuses before it makes anything: directories of the system, the install tree. */

const ENTRIES = {
  '/run': directory(),
  '/home': directory(),
  '/usr/bin': directory(),
  '/srv/to-home': link('/home'),
  '/srv/to-srv': link('/srv'),
  '/srv/to-bin': link('/usr/bin'),
  '/srv/install': link('/opt/hermes'),
  '/opt/hermes/.venv': directory({ owner: '10000:10000' }),
  '/opt/hermes/.env.example': file('# EXAMPLE=\n'),
};

/** Everything but what tells how the boot went. */
function entriesIn(root: string): [string, string][] {
  return [...snapshot(root)].filter(([path]) => !path.startsWith('/run'));
}

const SYSTEM = 'a directory of the system';
const IMAGE = 'belongs to the image';

describe.skipIf(!isRoot)(`a home that is refused (${NEEDS_ROOT})`, () => {
  it.each([
    ['/', 'an absolute path other than /'],
    ['/home', SYSTEM],
    ['/home/', SYSTEM],
    ['//home//.', SYSTEM],
    ['/home/hermes/../../mnt', 'without ..'],
    ['/mnt', SYSTEM],
    ['/root', SYSTEM],
    ['/usr/local/share', SYSTEM],
    ['/usr/bin/hermes', 'lies in /usr/bin, a directory of the system'],
    ['/proc/1/root', 'lies in /proc, a directory of the system'],
    ['/srv/to-home', 'is a link to /home'],
    ['/srv/to-srv/to-home', 'is a link to /home'],
    ['/srv/to-srv', 'is a link to /srv'],
    ['/srv/to-bin/new', 'lies in /usr/bin, a directory of the system'],
    ['/opt', SYSTEM],
    ['/opt/hermes', IMAGE],
    ['/opt/hermes/', IMAGE],
    ['/opt/hermes/.venv', 'lies in /opt/hermes, which belongs to the image'],
    ['/opt/hermes/new/home', 'lies in /opt/hermes, which belongs to the image'],
    ['/srv/install', 'is a link to /opt/hermes'],
    ['/srv/install/new', 'lies in /opt/hermes, which belongs to the image'],
  ])('nothing is made before HERMES_HOME=%s is refused: %s', (home, found) => {
    expect(refusal(home, {})).toContain(found);
  });

  it.each([
    ['holds an install tree that is elsewhere', '/srv/app', '/srv/app/hermes'],
    ['holds one that is named by a link', '/opt/hermes', '/srv/install/.venv'],
    ['is an install tree that is missing', '/srv/app', '/srv/app'],
  ])('nothing is made before a home that %s is refused', (_, home, install) => {
    expect(refusal(home, { HERMES_INSTALL: install })).toContain(IMAGE);
  });

  it('a home beside the install tree, or below a directory of users, is none', () => {
    for (const home of [
      '/opt/hermes-data',
      '/home/hermes',
      '/root/.hermes',
      '/srv/to-srv/hermes',
    ]) {
      const root = realRoot(ENTRIES);
      const { stdout, stderr } = hermesBoot(['plan', '--root', root], { HERMES_HOME: home });
      expect(`${stdout}${stderr}`).not.toContain('wanted a directory of its own');
    }
  });
});

/** What a boot says that refuses a home, by the plan of root and by that of everybody else. */
function refusal(home: string, env: Readonly<Record<string, string>>): string {
  const words = ['stage2', 'unprivileged'].map((plan) => {
    const root = realRoot(ENTRIES);
    const before = entriesIn(root);
    const { code, stderr, stdout } = hermesBoot(['run', plan, '--root', root], {
      HERMES_HOME: home,
      PUID: '1000',
      PGID: '1000',
      ...env,
    });
    const said = `${stdout}${stderr}`;
    expect(code).not.toBe(0);
    expect(said).toContain('HERMES_HOME');
    expect(entriesIn(root)).toEqual(before);
    return said;
  });
  return words.join('');
}
