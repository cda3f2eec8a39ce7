/** Attacks on what s6 runs, reads and writes: the scan directory, the slots, their supervisors. */
import { expect, it } from 'vitest';
import { describeInContainers, eventually, type Container } from '../support/container.ts';
import {
  expectNoHarm,
  expectToRestart,
  SECRET,
  sharedTarget,
  target,
  trap,
  VICTIM,
} from '../support/attacks.ts';
import { down, gateway, registered, running, started, stopped } from '../support/gateways.ts';

/** Puts a text in the place of a file in every way that there is. */
const PUT =
  'put() { printf %s "$2" > "$1"; chmod 755 "$1"; rm -f "$1"; printf %s "$2" > "$1"; chmod 755 "$1"; }';

/** Puts a link to the victim in the place of a file. */
const LINK = `link() { rm -rf "$1"; ln -sfn ${SECRET} "$1"; }`;

/** Holds read locks of both kinds on each file that it can open; s6-svstat reads the same files. */
const HOLD = `
import fcntl, os, sys, time
held = []
for path in sys.argv[1:]:
    try: held.append(os.open(path, os.O_RDONLY))
    except OSError: print("refused", path)
if os.fork(): sys.exit()
os.setsid()
for kind in [0, 1, 2]: os.close(kind)
while True:
    for fd in held:
        try: fcntl.lockf(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError: pass
        try: fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError: pass
    time.sleep(0.0001)
`;

/** The names of all slots and services. */
function services(container: Container): Promise<string> {
  return container.ask('/bin/ls', '-A', '/run/service');
}

/** Kills a gateway, which its supervisor starts again, and counts as a death. */
async function expectToComeBack(container: Container, profile: string): Promise<void> {
  const before = await running(container, profile);
  await container.ask('/bin/kill', '-9', before);
  await eventually(async () => {
    expect(await running(container, profile)).not.toBe(before);
  });
}

/** A profile with a gateway that runs. */
async function withGateway(container: Container, profile: string): Promise<string> {
  await registered(container, profile);
  await started(container, profile);
  return `/run/service/gateway-${profile}`;
}

describeInContainers('the account, at the scan directory', () => {
  const shared = sharedTarget();

  it('gets no service of its own run, as a directory or as a link into the home', async () => {
    const here = shared();
    const before = await services(here.container);
    await here.attack(
      `${PUT}
      mkdir /run/service/evil && put /run/service/evil/run "$1"
      mkdir -p /opt/data/evil && put /opt/data/evil/run "$1"
      ln -s /opt/data/evil /run/service/linked
      /command/s6-svscanctl -a /run/service`,
      trap('service'),
    );
    await here.container.ask('/command/s6-svscanctl', '-a', '/run/service');
    await withGateway(here.container, 'after-service');
    await expectNoHarm(here);
    expect(await services(here.container)).toBe(
      [...before.split('\n'), 'gateway-after-service'].sort().join('\n'),
    );
  });

  it('cannot take a slot away, rename it, or put another one in its place', async () => {
    const here = shared();
    const slot = await withGateway(here.container, 'renamed');
    const { stdout } = await here.attack(
      `mkdir -p /opt/data/evil-slot/log
      mv ${slot} /run/service/mine && echo moved
      rm -r ${slot}; ln -s /opt/data/evil-slot ${slot} && echo linked
      mv /opt/data/evil-slot ${slot} && echo replaced`,
    );
    expect(stdout).toBe('');
    await expectToRestart(here.container, 'renamed');
    await expectNoHarm(here);
  });

  // Both are open to the account on purpose: Debian's directory of locks, and the registrar.
  it('has write access to nothing outside of its own trees but the pipes of its services', async () => {
    const here = shared();
    await registered(here.container, 'writable');
    const { stdout } = await here.attack(
      'find /run /etc /usr /bin /sbin /lib /init /command /package /root /srv /opt/hermes-boot' +
        ' /opt/hermes/docker -writable ! -type l 2> /dev/null | sort',
    );
    const others = stdout
      .split('\n')
      .filter((path) => !/^\/run\/.*\/supervise\/control$/.test(path));
    const open = ['/run/lock', '/run/hermes-boot-registrar/socket'];
    expect(others.filter((path) => !open.includes(path))).toEqual([]);
  });
});

describeInContainers('the account, at a slot', () => {
  const shared = sharedTarget();

  it('cannot rewrite run, finish or log/run, which root starts', async () => {
    const here = shared();
    const slot = await withGateway(here.container, 'scripts');
    await here.attack(
      `${PUT}
      for script in run finish log/run; do put ${slot}/$script "$1"; done
      mv ${slot}/log ${slot}/log.old; mkdir ${slot}/log; put ${slot}/log/run "$1"
      /command/s6-svc -t ${slot}/log`,
      trap('script', 'exec sleep 1000'),
    );
    await here.container.exec('/usr/bin/pkill', '-9', '-f', 'logs/gateways/scripts');
    await expectToComeBack(here.container, 'scripts');
    await expectNoHarm(here);
    await expectToRestart(here.container, 'scripts');
    await expectNoHarm(here);
  });

  it.each(['status.new', 'death_tally.new', 'status', 'death_tally', 'lock'])(
    'does not have root write through a link that is planted as supervise/%s',
    async (name) => {
      const here = shared();
      const profile = name.replace(/\W/, '-');
      const slot = await withGateway(here.container, profile);
      await here.attack(
        `${LINK}
        for service in ${slot} ${slot}/log /run/service/*; do link $service/supervise/${name}; done
        /command/s6-svc -r /run/service/main-hermes`,
      );
      await expectToComeBack(here.container, profile);
      await expectNoHarm(here);
      await expectToRestart(here.container, profile);
      await expectNoHarm(here);
    },
  );

  it('does not have root write through links among the FIFOs in event/', async () => {
    const here = shared();
    const slot = await withGateway(here.container, 'events');
    // As s6 names them, whatever the length of its random part.
    await here.attack(
      `for directory in ${slot}/event ${slot}/supervise/event /run/service/main-hermes/event; do
        for end in a ab abc abcd abcde abcdef abcdefg abcdefgh abcdefghi abcdefghij abcdefghijk abcdefghijkl; do
          ln -s ${SECRET} $directory/ftrig1:@4000000000000000000000000:$end
          ln -s ${SECRET} $directory/ftrig1:@400000000000000000000000:$end
        done
      done
      /command/s6-svc -r /run/service/main-hermes`,
    );
    await expectToRestart(here.container, 'events');
    await expectNoHarm(here);
  });

  it('cannot add a file that tells the supervisor how to treat the gateway', async () => {
    const here = shared();
    const slot = await withGateway(here.container, 'settings');
    const before = await here.container.ask('/bin/ls', '-A', slot);
    await here.attack(
      `cd ${slot} && for name in down notification-fd timeout-kill timeout-finish max-death-tally \\
        down-signal lock-fd nosetsid flag-newpidns; do echo 1 > $name; done; mkdir data env instance`,
    );
    await expectToRestart(here.container, 'settings');
    expect(await here.container.ask('/bin/ls', '-A', slot)).toBe(before);
    await expectNoHarm(here);
  });

  it('cannot replace the pipe of a supervisor by one that nobody reads', async () => {
    const here = shared();
    const slot = await withGateway(here.container, 'pipe');
    await here.attack(
      `cd ${slot} && rm -f supervise/control log/supervise/control; mkfifo supervise/control
      mv supervise old; mkdir supervise; mkfifo supervise/control`,
    );
    const words = ['timeout', '20', 'hermes-boot', 'gateway', 'restart', 'pipe'];
    expect(await here.container.exec(...words)).toMatchObject({ code: 0, stderr: '' });
    await running(here.container, 'pipe');
    await expectToRestart(here.container, 'pipe');
    await expectNoHarm(here);
  });

  it('can send what it likes to the pipe of its gateway, and start it again afterwards', async () => {
    const here = shared();
    const slot = await withGateway(here.container, 'noise');
    await here.attack(
      String.raw`for i in 1 2 3 4 5 6 7 8 9; do printf '\0\377 ?zZ!\nabtkpcr%%' > ${slot}/supervise/control; done
      head -c 60000 /dev/zero > ${slot}/supervise/control; printf 'dx' > ${slot}/supervise/control`,
    );
    await eventually(() => expectUp(here.container, 'noise'));
    await expectToRestart(here.container, 'noise');
    await stopped(here.container, 'noise');
    await down(here.container, 'noise');
    await expectNoHarm(here);
  });

  it('leaves nothing behind that root obeys when the gateway is unregistered and made anew', async () => {
    const here = shared();
    const slot = await withGateway(here.container, 'again');
    await here.attack(
      `${PUT}; ${LINK}
      mkdir /run/service/.gateway-again.tmp; ln -s ${VICTIM} /run/service/.gateway-again.1.tmp
      link ${slot}/deeper; mkdir ${slot}/data; ln -s ${VICTIM} ${slot}/data/link; put ${slot}/finish "$1"`,
      trap('again'),
    );
    expect(await gateway(here.container, 'unregister', 'again')).toMatchObject({ code: 0 });
    expect(await services(here.container)).not.toContain('again');
    await withGateway(here.container, 'again');
    await expectNoHarm(here);
  });
});

/** Starts a gateway, also right after its supervisor has been restarted. */
async function expectUp(container: Container, profile: string): Promise<void> {
  expect(await gateway(container, 'start', profile)).toMatchObject({ code: 0 });
  await running(container, profile);
}

describeInContainers('the account, with the locks of supervisors', () => {
  it('keeps no other gateway from working, and its own one only until it is registered anew', async () => {
    const here = await target();
    const slot = await withGateway(here.container, 'held');
    await withGateway(here.container, 'other');
    const locks = [`${slot}/supervise/lock`, `${slot}/log/supervise/lock`];
    await here.python(HOLD, ...locks);
    await here.attack(`/command/s6-svc -dx ${slot}`);
    await expectToRestart(here.container, 'other');
    // The supervisor that s6-svscan starts in vain may keep this from ending as it should.
    await gateway(here.container, 'unregister', 'held');
    await withGateway(here.container, 'held');
    await here.container.restart();
    await expectUp(here.container, 'held');
    await running(here.container, 'other');
    await expectNoHarm(here);
  });

  it('cannot open that of s6-svscan and of the registrar, and holds up no registration by others', async () => {
    const here = await target();
    const locks = ['/run/service/.s6-svscan/lock', '/run/hermes-boot-registrar/socket.lock'];
    const { stdout } = await here.python(HOLD, ...locks);
    expect(stdout).toBe(locks.map((lock) => `refused ${lock}`).join('\n'));
    await here.python(HOLD, '/opt/data', '/opt/data/profiles', '/run/service', '/run/hermes-boot');
    await withGateway(here.container, 'coder');
  });
});

describeInContainers('the account, at process 1', () => {
  it('cannot end the container, nor have it run a script when it ends', async () => {
    const here = await target();
    await registered(here.container, 'coder');
    await here.attack(
      `${PUT}; cd /run/service
      for script in finish crash SIGTERM SIGHUP SIGUSR1; do put .s6-svscan/$script "$1"; done
      mv .s6-svscan .old && mkdir .s6-svscan
      for script in finish crash SIGTERM SIGHUP SIGUSR1; do put .s6-svscan/$script "$1"; done`,
      trap('process-1', 'exit 0'),
    );
    await here.container.restart();
    await expectNoHarm(here);
    const { stderr } = await here.attack('/command/s6-svscanctl -t /run/service');
    expect(stderr).toMatch(/Permission denied|Operation not permitted/i);
    expect(await here.container.ask('/bin/echo', 'alive')).toBe('alive');
    await started(here.container, 'coder');
  });

  it('finds everything as it was after a restart that follows all of these attacks', async () => {
    const here = await target();
    const slot = await withGateway(here.container, 'coder');
    await here.attack(
      `${PUT}; ${LINK}
      for service in /run/service/* ${slot}/log; do
        link $service/supervise/status.new; link $service/supervise/lock
        put $service/run "$1"; put $service/finish "$1"; echo 1 > $service/down
      done`,
      trap('restart'),
    );
    await here.container.restart();
    await expectUp(here.container, 'coder');
    await expectNoHarm(here);
  });
});
