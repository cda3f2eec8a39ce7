import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, inject, onTestFinished, vi } from 'vitest';
import { engine, mustDo, type Ended } from './engine.ts';

/** Long enough for a machine under load; a wait ends as soon as it has what it waits for. */
const PATIENCE = { timeout: 30_000, interval: 50 };

/** A suite that needs containers; where there are none, its title says what is missing. */
export function describeInContainers(title: string, tests: () => void): void {
  const lacking = inject('lacking');
  if (lacking === '') describe(title, tests);
  else describe.skip(`${title} [needs ${lacking}]`, tests);
}

/** How a container is to be run. */
export interface Start {
  /** Options of `docker run`. */
  readonly options?: readonly string[];
  /** The words behind the image. */
  readonly words?: readonly string[];
  /** Another image than that of the Dockerfile. */
  readonly image?: string;
}

/** The words of `docker run`, without that which makes it wait or not. */
export function runWords({ options = [], words = [], image = inject('image') }: Start): string[] {
  const fixed = ['--network', 'none', '--stop-timeout', '5', '-e', 'S6_KILL_GRACETIME=100'];
  return [...fixed, ...options, image, ...words];
}

/** Runs a container to its end. */
export async function run(start: Start = {}): Promise<Ended> {
  return engine('run', '--rm', ...runWords(start));
}

/** A container that runs until the test is over. */
export interface Container {
  readonly name: string;
  /** Runs a command in it. */
  readonly exec: (...words: readonly string[]) => Promise<Ended>;
  /** What a command in it prints; the command has to succeed. */
  readonly ask: (...words: readonly string[]) => Promise<string>;
  /** Runs a command in it as another user than root. */
  readonly execAs: (user: string, ...words: readonly string[]) => Promise<Ended>;
  readonly logs: () => Promise<Ended>;
  /** Stops it, starts it again and waits until it is booted again. */
  readonly restart: () => Promise<void>;
  /** Ends it at once, as a crash of the machine does, and removes it. */
  readonly crash: () => Promise<void>;
  /** Stops and removes it. */
  readonly remove: () => Promise<void>;
}

/** Starts a container with a main program that stays, and waits until it is booted. */
export async function booted(
  options: readonly string[] = [],
  words?: readonly string[],
  image?: string,
): Promise<Container> {
  return bootedUntil(onTestFinished, options, words, image);
}

/** A main program that stays, and says when it is there. */
const STAYS = ['sh', '-c', 'echo booted; exec sleep infinity'];

/** How a container that all tests of a suite share is got in one of them. */
export function shared<T>(make: (boot: typeof booted) => Promise<T>): () => T {
  const ends: (() => Promise<void>)[] = [];
  const made: T[] = [];
  const patience = 60_000;
  beforeAll(async () => {
    made.push(await make((options) => bootedUntil((end) => ends.push(end), options)));
  }, patience);
  afterAll(async () => {
    for (const end of ends) await end();
  }, patience);
  return () => {
    const [one] = made;
    if (one === undefined) throw new Error('a shared container is there in tests only');
    return one;
  };
}

/** @param atEnd takes what removes the container */
async function bootedUntil(
  atEnd: (end: () => Promise<void>) => unknown,
  options: readonly string[] = [],
  words: readonly string[] = STAYS,
  image = inject('image'),
): Promise<Container> {
  const name = `hermes-boot-${randomUUID()}`;
  atEnd(async () => {
    await engine('rm', '-f', '-v', '-t', '0', name);
  });
  await mustDo('run', '-d', '--name', name, ...runWords({ options, words, image }));
  const logs = (): Promise<Ended> => engine('logs', name);
  const bootedTimes = (times: number): Promise<void> =>
    eventually(async () => {
      const { stdout, stderr } = await logs();
      const found = stdout.split('\n').filter((line) => line.trimEnd() === 'booted').length;
      if (found < times) throw new Error(`${name} has not booted ${times} times:\n${stderr}`);
    });
  let boots = 1;
  await bootedTimes(boots);
  return {
    name,
    exec: (...command) => engine('exec', name, ...command),
    ask: (...command) => mustDo('exec', name, ...command),
    execAs: (user, ...command) => engine('exec', '--user', user, name, ...command),
    logs,
    restart: async () => {
      await mustDo('restart', name);
      boots += 1;
      await bootedTimes(boots);
    },
    crash: async () => {
      await mustDo('rm', '-f', '-t', '0', name);
    },
    remove: async () => {
      await mustDo('stop', name);
      await mustDo('rm', name);
    },
  };
}

/** Tries until it does not throw any more. */
export async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  return vi.waitFor(attempt, PATIENCE);
}
