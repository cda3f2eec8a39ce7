import { expect, it } from 'vitest';
import { describeInContainers, run, runWords } from './support/container.ts';
import { onTerminal } from './support/engine.ts';
import { profileFiles } from './support/gateways.ts';
import { bindMount } from './support/volumes.ts';

const ECHO = ['echo', 'hi'];

/** The lines of a text. */
function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}

/** What hermes-boot has logged, without how long it took. */
function bootLines(text: string): string[] {
  return linesOf(text)
    .filter((line) => line.startsWith('hermes-boot: '))
    .map((line) => line.replace(/ in [\d.]+ m?s.*/, ''));
}

describeInContainers('the log of a container', () => {
  it('is the same plain lines on a terminal, with nothing drawn', async () => {
    const { stdout } = await onTerminal('run', '--rm', '-it', ...runWords({ words: ECHO }));
    const { stderr } = await run({ words: ECHO });
    expect(stdout).not.toContain('\u001b[');
    expect(linesOf(stdout)).toContain('hi');
    expect(bootLines(stdout)).toEqual(bootLines(stderr));
    expect(Buffer.byteLength(stdout)).toBeLessThan(16 * 1024);
  });

  it('of a warm boot has one line for what a step makes anew in /run', async () => {
    const home = bindMount({
      ...profileFiles('alice', '{}'),
      ...profileFiles('bob', '{}'),
      ...profileFiles('coder', '{}'),
    });
    const options = ['-v', `${home}:/opt/data`];
    await run({ options, words: ECHO });
    const { stderr } = await run({ options, words: ECHO });
    const lines = linesOf(stderr);
    expect(lines.length).toBeLessThanOrEqual(16);
    expect(stderr).toContain('in /run, which is new at each start');
    const more = await run({ options: [...options, '-e', 'S6_VERBOSITY=3'], words: ECHO });
    expect(linesOf(more.stderr).length).toBeGreaterThan(lines.length);
    expect(more.stderr).not.toContain('which is new at each start');
  });

  it('is JSON lines where the container asks for that, also on a terminal', async () => {
    const options = ['-e', 'HERMES_BOOT_LOG=json'];
    const { stderr } = await run({ options, words: ECHO });
    const events = linesOf(stderr).filter((line) => line.startsWith('{'));
    expect(events.map((line): unknown => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ type: 'boot-finished', plan: 'stage2', result: 'done' }),
    );
    expect(stderr).not.toContain('hermes-boot: ');
  });

  it('has a warning where HERMES_BOOT_LOG is wrong, and the container boots', async () => {
    const options = ['-e', 'HERMES_BOOT_LOG=yaml'];
    const { code, stdout, stderr } = await run({ options, words: ECHO });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hi' });
    expect(stderr).toContain('hermes-boot: warn: HERMES_BOOT_LOG=yaml refused, wanted plain, json');
  });

  it('is no longer than a person reads: a first boot, a warm one and one that fails', async () => {
    const options = ['-v', `${bindMount({})}:/opt/data`];
    const logs = [
      await run({ options, words: ECHO }),
      await run({ options, words: ECHO }),
      await run({ options: [...options, '-e', 'HERMES_HOME=here'], words: ECHO }),
    ];
    const counts = logs.map(({ stdout, stderr }) => linesOf(stdout + stderr).length);
    expect(counts[0]).toBeLessThanOrEqual(40);
    expect(counts[1]).toBeLessThanOrEqual(16);
    expect(counts[2]).toBeLessThanOrEqual(8);
  });
});
