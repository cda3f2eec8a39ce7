/** Attacks on the registrar, which makes and removes slots as root for whoever may ask. */
import { expect, it } from 'vitest';
import { describeInContainers, type Container } from '../support/container.ts';
import {
  expectNoHarm,
  expectToRestart,
  sharedTarget,
  trap,
  VICTIM,
  type Target,
} from '../support/attacks.ts';
import { gateway, registered, servicePid, started, told } from '../support/gateways.ts';

const SOCKET = '/run/hermes-boot-registrar/socket';

/** A profile that has no gateway yet. */
async function withProfile({ attack }: Target, name: string): Promise<void> {
  const script = 'cd /opt/data && mkdir -p "profiles/$1" && echo soul > "profiles/$1/SOUL.md"';
  expect(await attack(script, name)).toMatchObject({ code: 0 });
}

/** Says something to the registrar, as escapes of Python, and prints what it answers. */
const ASK = `
import socket, sys
talk = socket.socket(socket.AF_UNIX)
talk.settimeout(30)
talk.connect("${SOCKET}")
try:
    talk.sendall(sys.argv[1].encode().decode("unicode_escape").encode("latin-1"))
    talk.shutdown(socket.SHUT_WR)
except OSError: pass
try:
    while data := talk.recv(65536): print(data.decode("latin-1"), end="")
except ConnectionResetError: pass
`;

/** Connects as often as it is let, says something each time, says so, and holds on. */
const FLOOD = `
import os, socket, sys, time
if os.fork(): sys.exit()
os.setsid()
for kind in [0, 1, 2]: os.close(kind)
held = []
words = [b"", b"regis", b"register " + b"x" * 100000, b"register nobody\\n", b"\\n" * 10000]
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    talk = socket.socket(socket.AF_UNIX)
    talk.setblocking(False)
    try:
        talk.connect("${SOCKET}")
        talk.send(words[len(held) % len(words)])
    except OSError: time.sleep(0.01)
    held.append(talk)
    if len(held) > 500: held.pop(0).close()
`;

/** The names of all slots and services. */
function services(container: Container): Promise<string> {
  return container.ask('/bin/ls', '-A', '/run/service');
}

describeInContainers('the registrar of gateways', () => {
  const shared = sharedTarget();

  it('makes a slot for a real request', async () => {
    const here = shared();
    await withProfile(here, 'real');
    const { code } = await here.python(ASK, 'register real\\n');
    expect(code).toBe(0);
    expect(await services(here.container)).toContain('gateway-real');
    await started(here.container, 'real');
  });

  it.each([
    ['a path', 'register ../../etc\\n'],
    ['a path that ends in a profile', 'register ../profiles/here\\n'],
    ['an absolute path', 'register /etc\\n'],
    ['a leading dash', 'register -rf\\n'],
    ['an option', 'register --help\\n'],
    ['a word too many', 'register here --all\\n'],
    ['an option before the name', 'register --json here\\n'],
    ['NUL in the name', 'register he\\x00re\\n'],
    ['NUL and a path', 'register here\\x00/../../etc\\n'],
    ['a carriage return', 'register here\\r\\n'],
    ['a command', 'register $(touch${IFS}/root/owned)\\n'],
    ['a command in backquotes', 'register `touch /root/owned`\\n'],
    ['a pattern', 'register *\\n'],
    ['other letters', 'register HERE\\n'],
    ['bytes that are not text', 'register \\xff\\xfe\\n'],
    ['a name of 300 bytes', `register ${'x'.repeat(300)}\\n`],
    ['no name', 'register\\n'],
    ['an empty name', 'register \\n'],
    ['another action', 'start here\\n'],
    ['an action of s6', 'unregister .s6-svscan\\n'],
    ['a service that is no gateway', 'unregister ../main-hermes\\n'],
    ['the name of its own service', 'unregister registrar\\n'],
    ['nothing', ''],
    ['only a newline', '\\nregister here\\n'],
  ])('refuses a request with %s, and makes nothing of it', async (_, line) => {
    const here = shared();
    await withProfile(here, 'here');
    const before = await services(here.container);
    await here.python(ASK, line);
    expect(await services(here.container)).toBe(before);
    await expectNoHarm(here);
  });

  it('takes one request from a connection, and a name only', async () => {
    const here = shared();
    await withProfile(here, 'first');
    await withProfile(here, 'second');
    await here.python(ASK, 'register first\\nregister second\\n');
    const found = await services(here.container);
    expect(found).not.toContain('gateway-second');
  });

  it('makes no slot for a profile that is a link, be it to /etc', async () => {
    const here = shared();
    await here.attack(
      `cd /opt/data && mkdir -p profiles && ln -sfn /etc profiles/linked && ln -sfn ${VICTIM} profiles/victim`,
    );
    for (const name of ['linked', 'victim']) {
      expect((await gateway(here.container, 'register', name)).code, name).not.toBe(0);
      expect(await services(here.container)).not.toContain(name);
    }
    await expectNoHarm(here);
  });

  it('does no harm while the directory of the profile is swapped for a link again and again', async () => {
    const here = shared();
    await withProfile(here, 'swapped');
    await here.attack(
      `cd /opt/data/profiles && cp -r swapped kept && (
        for i in $(seq 3000); do rm -rf swapped; ln -s ${VICTIM} swapped; rm swapped; cp -r kept swapped; done
      ) > /dev/null 2>&1 &`,
    );
    for (const action of ['register', 'unregister', 'register', 'unregister']) {
      await gateway(here.container, action, 'swapped');
    }
    await expectNoHarm(here);
  });

  it('takes nothing from its caller: home, scan directory, PATH, mask, directory, descriptors', async () => {
    const here = shared();
    await withProfile(here, 'caller');
    const script = `
      mkdir -p /tmp/evil/profiles/elsewhere /tmp/evil/bin /tmp/evil/scan; echo > /tmp/evil/profiles/elsewhere/SOUL.md
      for name in id sh head node timeout env cat; do printf %s "$1" > /tmp/evil/bin/$name; chmod 755 /tmp/evil/bin/$name; done
      mkdir -p /tmp/gone && cd /tmp/gone && rmdir /tmp/gone; umask 777; ulimit -n 64
      PATH=/tmp/evil/bin:$PATH NODE_OPTIONS= HERMES_HOME=/tmp/evil HOME=/tmp/evil IPCREMOTEEUID=0 \\
        /usr/local/bin/hermes-boot gateway register elsewhere
      PATH=/tmp/evil/bin:$PATH BASH_ENV=/tmp/evil/bin/sh ENV=/tmp/evil/bin/sh LD_LIBRARY_PATH=/tmp/evil \\
        /usr/bin/python3 -I -c "$2" 'register caller\\n'`;
    await here.attack(script, trap('caller'), ASK);
    const found = await services(here.container);
    expect(found).not.toContain('elsewhere');
    expect(found).toContain('gateway-caller');
    const modes = ['/usr/bin/stat', '-c', '%U:%G %a', '/run/service/gateway-caller'];
    expect(await here.container.ask(...modes)).toBe('root:root 755');
    await started(here.container, 'caller');
    await expectNoHarm(here);
  });

  it.each([
    ['another user', '1234:1234'],
    ['another user in the group of hermes', '1234:10000'],
  ])('does nothing for %s', async (_, user) => {
    const here = shared();
    await withProfile(here, 'foreign');
    const words = ['/usr/bin/python3', '-I', '-c', ASK, 'register foreign\\n'];
    await here.container.execAs(user, ...words);
    expect(await services(here.container)).not.toContain('foreign');
  });

  it('cannot be replaced or impersonated by the account', async () => {
    const here = shared();
    const directory = '/run/hermes-boot-registrar';
    const { stdout } = await here.attack(
      `rm -f ${SOCKET} && echo removed; mv ${directory} /run/mine && echo moved; mkdir -p ${directory}/x && echo made
      touch ${directory}/file && echo touched; ln -s /tmp/fake ${directory}/socket.new && echo linked
      chmod 777 ${SOCKET} && echo opened`,
    );
    expect(stdout).toBe('');
    await registered(here.container, 'genuine');
    await expectNoHarm(here);
  });

  it('is no gateway, and no profile of its name takes its place or removes it', async () => {
    const here = shared();
    expect(await told(here.container, 'list')).not.toMatch(/^(?:hermes-boot-)?registrar$/m);
    await withProfile(here, 'registrar');
    await gateway(here.container, 'register', 'registrar');
    await gateway(here.container, 'unregister', 'registrar');
    await registered(here.container, 'after-registrar');
    await expectNoHarm(here);
  });

  it('is back when the account has stopped or killed it', async () => {
    const here = shared();
    const pid = await servicePid(here.container, 'registrar');
    await here.attack('/command/s6-svc -k /run/service/registrar');
    await here.attack('/command/s6-svc -d /run/service/registrar');
    await here.attack('/command/s6-svc -u /run/service/registrar');
    expect(await servicePid(here.container, 'registrar')).not.toBe(pid);
    await registered(here.container, 'back');
  });

  it('serves root at once and the account in time, while the account floods it', async () => {
    const here = shared();
    await registered(here.container, 'flood');
    await started(here.container, 'flood');
    await withProfile(here, 'flooded');
    await withProfile(here, 'by-root');
    await here.python(FLOOD, '8');
    const root = ['/usr/bin/timeout', '10', '/usr/local/bin/hermes-boot', 'gateway', 'register'];
    expect(await here.container.exec(...root, 'by-root')).toMatchObject({ code: 0 });
    expect(await gateway(here.container, 'register', 'flooded')).toMatchObject({ code: 0 });
    await started(here.container, 'flooded');
    await expectToRestart(here.container, 'flood');
    await expectNoHarm(here);
  });
});
