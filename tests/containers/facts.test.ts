import { expect, it } from 'vitest';
import { offlinePlan } from './support/offline.ts';
import { booted, describeInContainers, run } from './support/container.ts';
import { bindMount } from './support/volumes.ts';

const SECRETS = ['-e', 'API_SERVER_KEY=canary-of-the-operator', '-e', 'PUID=1000'];

describeInContainers('the facts of a container', () => {
  it('give outside the plan that the container gives, and hold no secret', async () => {
    const home = bindMount({ '.env': 'TOKEN=canary\n', 'sessions/a': '' }, 500);
    const options = ['-v', `${home}:/opt/data`, ...SECRETS];
    const there = await run({ options, words: ['hermes-boot', 'plan', 'stage2', '--json'] });
    const facts = await run({ options, words: ['hermes-boot', 'facts', '--json'] });
    expect(facts).toMatchObject({ code: 0, stderr: '' });
    expect(facts.stdout).not.toContain('canary');
    const here = await offlinePlan('stage2', facts.stdout);
    expect(here).toEqual({ code: 0, stdout: there.stdout, stderr: '' });
    expect(JSON.parse(here.stdout)).toMatchObject({ converged: false });
  });

  it.each(['stage2', 'supervise-perms', 'reconcile-profiles'])(
    'give outside the plan of a container that runs: %s',
    async (plan) => {
      const container = await booted(SECRETS);
      const there = await container.ask('hermes-boot', 'plan', plan, '--json');
      const facts = await container.ask('hermes-boot', 'facts', plan, '--json');
      expect(facts).not.toContain('canary');
      const here = await offlinePlan(plan, facts);
      expect(here.stdout.trim()).toBe(there);
      expect(JSON.parse(here.stdout)).toMatchObject({ plan });
    },
  );
});
