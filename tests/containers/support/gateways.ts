import { expect } from 'vitest';
import { type Container, booted, eventually } from './container.ts';
import type { Ended } from './engine.ts';

/** `hermes-boot gateway …` as hermes. */
export function gateway(container: Container, ...words: readonly string[]): Promise<Ended> {
  return container.execAs('hermes', 'hermes-boot', 'gateway', ...words);
}

/** What `hermes-boot gateway …` prints as hermes; it has to succeed, with nothing to complain about. */
export async function told(container: Container, ...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await gateway(container, ...words);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** Makes profiles as the agent does, and registers their gateways. */
export async function registered(container: Container, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const script = 'mkdir -p "profiles/$0" && echo soul > "profiles/$0/SOUL.md"';
    const words = ['sh', '-c', `cd /opt/data && ${script}`, name];
    expect(await container.execAs('hermes', ...words)).toMatchObject({ code: 0 });
    await told(container, 'register', name);
  }
}

/** A container with the profile `coder`, whose gateway runs. */
export async function withCoder(options: readonly string[] = []): Promise<Container> {
  const container = await booted(options);
  await registered(container, 'coder');
  await started(container, 'coder');
  return container;
}

/** The files of a profile with a recorded state, by their paths in the home. */
export function profileFiles(name: string, recorded: string): Record<string, string> {
  const directory = `profiles/${name}`;
  return { [`${directory}/SOUL.md`]: 'soul', [`${directory}/gateway_state.json`]: recorded };
}

const RUNNING = '{"desired_state":"running"}';

/** A home whose gateways are down for every reason that there is, but for alice's. */
export const TROUBLED = {
  ...profileFiles('alice', RUNNING),
  ...profileFiles('bob', RUNNING),
  'profiles/bob/refuse': 'config.yaml: model.name is unknown, api_key=hunter2secret',
  ...profileFiles('carol', '{"gateway_state":"startup_failed"}'),
  ...profileFiles('Dave', RUNNING),
  'profiles/frank/config.yaml': '{}',
  'gateway_state.json': RUNNING,
};

/** Fields of s6-svstat about the gateway of a profile. */
function svstat(container: Container, profile: string, fields: string): Promise<string> {
  return container.ask('/command/s6-svstat', '-o', fields, `/run/service/gateway-${profile}`);
}

/** Waits until the gateway of a profile is there, and says which process it is. */
export function running(container: Container, profile: string): Promise<string> {
  return eventually(async () => {
    const pid = await container.ask('/bin/cat', `/opt/data/profiles/${profile}/gateway.pid`);
    expect(await svstat(container, profile, 'up,pid')).toBe(`true ${pid}`);
    return pid;
  });
}

/** Waits until the gateway of a profile is down, and meant to be. */
export async function down(container: Container, profile: string): Promise<void> {
  await eventually(async () => {
    expect(await svstat(container, profile, 'up,wantedup')).toBe('false false');
  });
}

/** Starts the gateways of profiles and waits until they are there. */
export async function started(container: Container, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await told(container, 'start', name);
    await running(container, name);
  }
}

/** Stops the gateway of a profile and waits until it is down. */
export async function stopped(container: Container, profile: string): Promise<void> {
  await told(container, 'stop', profile);
  await down(container, profile);
}

/** What is recorded of the gateway of a profile. */
export async function state(container: Container, profile: string): Promise<unknown> {
  return JSON.parse(await container.ask('cat', `/opt/data/profiles/${profile}/gateway_state.json`));
}

/** How often the gateway of a profile has been started. */
export async function starts(container: Container, profile: string): Promise<number> {
  const log = await container.ask('cat', '/opt/data/logs/stand-in.jsonl');
  return log.split(`["-p","${profile}","gateway"`).length - 1;
}

/** The latest lines of the log of the boots, without their times. */
export async function bootLog(container: Container, count: number): Promise<string[]> {
  const log = await container.ask('cat', '/opt/data/logs/container-boot.log');
  return log
    .split('\n')
    .slice(-count)
    .map((line) => line.slice(line.indexOf('profile=')));
}

/** What there can be between one boot and the next one of the same home. */
export const WAYS = ['a restart', 'a crash', 'the move to another container'] as const;

/** Ends a container one way or another, and boots again with the options that it had. */
export async function bootedAgain(
  way: (typeof WAYS)[number],
  container: Container,
  options: readonly string[],
): Promise<Container> {
  if (way === 'a restart') {
    await container.restart();
    return container;
  }
  await (way === 'a crash' ? container.crash() : container.remove());
  return booted(options);
}

/** Waits until a static service is up, by what s6-svstat tells hermes, and gives its process. */
export async function servicePid(container: Container, service: string): Promise<string> {
  const words = ['/command/s6-svstat', '-o', 'up,pid', `/run/service/${service}`];
  return eventually(async () => {
    const { code, stdout, stderr } = await container.execAs('hermes', ...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^true \d+$/);
    return stdout.split(' ')[1] ?? '';
  });
}
