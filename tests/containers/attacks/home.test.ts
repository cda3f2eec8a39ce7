/** Attacks by what a boot meets in the home: pipes, endless files, plans, names, programs of the account. */
import { expect, it } from 'vitest';
import { describeInContainers, eventually } from '../support/container.ts';
import { expectNoHarm, expectToRestart, FILES, trap, withTwo } from '../support/attacks.ts';
import { running, told } from '../support/gateways.ts';

describeInContainers('what a boot reads in the home', () => {
  it.each([
    ['pipes that nobody writes to or reads from', 'mkfifo'],
    ['files of a terabyte', 'truncate -s 1T'],
  ])('does not hold it up: %s', async (_, make) => {
    const here = await withTwo();
    await here.attack(
      `cd /opt/data && mkdir -p profiles/odd && for file in ${FILES} profiles/odd/SOUL.md profiles/thing \\
        logs/gateways/coder/current logs/gateways/coder/lock .hermes-boot; do rm -rf $file; ${make} $file; done`,
    );
    await here.container.exec('/usr/bin/timeout', '20', 'hermes-boot', 'gateway', 'stop', 'coder');
    await here.container.restart();
    await running(here.container, 'writer');
    await expectToRestart(here.container, 'writer');
    await expectNoHarm(here);
  });

  it('holds no plan and no fragment', async () => {
    const here = await withTwo();
    await here.attack(
      `cd /opt/data && mkdir -p plan.d plans .hermes-boot/plan.d etc/hermes-boot/plan.d .config/hermes-boot
      for directory in . plan.d plans .hermes-boot .hermes-boot/plan.d etc/hermes-boot/plan.d .config/hermes-boot; do
        for name in stage2 10-evil reconcile-profiles; do printf %s "$1" > $directory/$name.yaml; done; done`,
      'version: 1\nextends: stage2\nsteps:\n  - id: evil\n    uses: command\n    with: { argv: [/usr/bin/touch, /root/owned] }\n',
    );
    await here.container.restart();
    await running(here.container, 'writer');
    expect((await here.container.logs()).stderr).not.toContain('evil');
    await expectNoHarm(here);
  });

  it('makes no slot of a profile with an odd name, be it a command', async () => {
    const here = await withTwo();
    const names = [
      ...[
        '$(touch /root/owned)',
        '`touch /root/owned`',
        'a;touch /root/owned',
        'a\nb',
        '-rf',
        '...',
      ],
      ...['a b', 'ü', "a'b", 'a"b', 'A', '_a', '.hidden', 'a.tmp', '*', '%s', 'x'.repeat(252)],
    ];
    await here.attack(
      'cd /opt/data/profiles && for name; do mkdir "./$name" && echo > "./$name/SOUL.md"; done',
      ...names,
    );
    for (const name of [...names, '../../etc', '..', '.', '/etc', 'coder/../../..', '']) {
      const words = ['/usr/local/bin/hermes-boot', 'gateway', 'register', '--', name];
      expect((await here.container.execAs('hermes', ...words)).code, name).not.toBe(0);
    }
    const root = [
      '/usr/local/bin/hermes-boot',
      'gateway',
      'register',
      '--',
      '$(touch /root/owned)',
    ];
    expect((await here.container.exec(...root)).code).not.toBe(0);
    await here.container.restart();
    expect(await told(here.container, 'list')).toBe('coder\ndefault\nwriter');
    await running(here.container, 'writer');
    await expectNoHarm(here);
  });
});

describeInContainers('programs of the agent, which belong to the account', () => {
  it('are run by nobody but the account, also by docker exec as root that asks for root', async () => {
    const here = await withTwo(['-e', 'HERMES_DASHBOARD=1']);
    await here.attack(
      `cd /opt/hermes/.venv/bin && for name in hermes python python3 sh id node hermes-boot; do
        [ $name = hermes ] && mv hermes real; rm -f $name; printf '%s' "$1" > $name; chmod 755 $name; done
      sed -i 's/^exec .*/exec \\/opt\\/hermes\\/.venv\\/bin\\/real "$@"/' hermes
      for name in python python3 sh id node; do ln -s /usr/bin/$name real-$name; done
      mkdir -p gateway; printf '%s' "$1" > ../gateway/run`,
      trap('venv', 'exec "$(dirname "$0")/real-$(basename "$0")" "$@"'),
    );
    const { code, stdout } = await here.container.exec('hermes', '--version');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hermes stand-in 1.0' });
    await expectNoHarm(here);
    const asRoot = ['/usr/bin/env', 'HERMES_DOCKER_EXEC_AS_ROOT=1', 'hermes', '--version'];
    expect(await here.container.exec(...asRoot)).toMatchObject({ code: 0 });
    await expectNoHarm(here);
    await expectToRestart(here.container, 'coder');
    await here.container.restart();
    await running(here.container, 'writer');
    await expectNoHarm(here);
  });

  it('get no descriptor, terminal or group of root’s, as a helper of the boot or a gateway', async () => {
    // With a terminal, which is root's first.
    const here = await withTwo(['-t']);
    const migrate =
      'mkdir -p /opt/hermes/scripts; : > /opt/hermes/scripts/docker_config_migrate.py';
    await here.container.ask('/bin/sh', '-c', migrate);
    const show =
      'exec 9>> /opt/data/helper; ls -l /proc/$$/fd | sed "s/.* \\([0-9]* -> \\)/fd \\1/" >&9; grep -E "^(Groups|CapEff|CapPrm|Uid)" /proc/$$/status >&9; (: < /dev/tty) 2> /dev/null && echo terminal >&9; exit 0';
    await here.attack(
      `rm -f /opt/hermes/.venv/bin/python; printf '#!/bin/sh\\n%s\\n' "$1" > /opt/hermes/.venv/bin/python
      chmod 755 /opt/hermes/.venv/bin/python; echo '_config_version: 1' > /opt/data/config.yaml`,
      show,
    );
    await here.container.restart();
    const helper = await eventually(() => here.container.ask('/bin/cat', '/opt/data/helper'));
    const pid = await running(here.container, 'writer');
    const gateway = await here.container
      .execAs('hermes', '/bin/ls', '-l', `/proc/${pid}/fd`)
      .then(({ stdout }) => stdout);
    const foreign = /-> \/(?!dev\/null|opt\/data\/|proc\/\d+\/fd|opt\/hermes\/\.venv)/;
    expect(helper).not.toMatch(foreign);
    expect(helper).not.toContain('terminal');
    // Its input and messages may be those of the container, a terminal that is not its own.
    expect(gateway.replaceAll(/ [02] -> \/dev\/\S+/g, '')).not.toMatch(foreign);
    expect(helper).toMatch(/^Uid:\t10000\t10000\t10000\t10000$/m);
    expect(helper).toMatch(/^Groups:\t10000 *$/m);
    expect(helper).toMatch(/^CapEff:\t0+$/m);
  });
});
