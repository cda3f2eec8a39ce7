import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Script } from 'node:vm';
import { CACHE, madeOf, PROGRAM, trailer } from './launcher.ts';
import { makeTrainingWorld, TRAINING_ENVIRONMENT } from './training.ts';

/*
 * Loaded into a plain node, for the flags of a loader would make the cache useless to one. A cache
 * holds what has been called by the end, and what the cache before it held.
 */
const HOOK = `
const { statSync, writeFileSync } = require('node:fs');
const { createHash } = require('node:crypto');
const vm = require('node:vm');
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    const file = options.filename + '${CACHE}';
    const id = createHash('sha256').update(source).digest('hex');
    const made = Buffer.from(${trailer('id')});
    process.on('exit', () => writeFileSync(file, Buffer.concat([this.createCachedData(), made])));
  }
};
`;

/** The plans of a container's start, as its scripts boot them. */
const PLANS = ['stage2', 'supervise-perms', 'reconcile-profiles'];

/** A plan that nobody knows, with a command: what reads the one and runs the other is loaded. */
const UNKNOWN_PLAN = `version: 1
name: unknown
steps:
  - id: command
    uses: command
    with: { argv: [/bin/true], creates: /none }
`;

/**
 * Writes V8's code caches beside the files of a built program, by booting it: a used home until
 * nothing is left to do, and then, twice over, what each later boot of it runs. What a first boot
 * alone calls is left out, for a larger cache takes longer to read.
 * @param node the program that the caches are for, and made by
 * @throws Untrained when a boot cannot begin, with what it said
 */
export async function writeCodeCaches(target: string, node = process.execPath): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'hermes-boot-build-'));
  try {
    const world = join(scratch, 'world');
    makeTrainingWorld(world);
    const [hook, plan] = [join(scratch, 'hook.cjs'), join(scratch, 'plan.yaml')];
    await writeFile(hook, HOOK);
    await writeFile(plan, UNKNOWN_PLAN);
    const boot = async (flags: readonly string[], plans: readonly string[]): Promise<void> => {
      const args = [...flags, target, 'run', ...plans, '--root', world];
      const env = { ...TRAINING_ENVIRONMENT, PATH: process.env.PATH };
      await promisify(execFile)(node, args, { env }).catch(unlessItBegan);
    };
    for (const name of PLANS) await boot([], [name]);
    // Not before a boot could begin: those that are there may be good.
    for (const script of scriptsOf(target)) rmSync(script + CACHE, { force: true });
    for (const plans of [[plan], PLANS, PLANS]) await boot(['--require', hook], plans);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Which code caches of a built program do not fit the Node that this runs in, for a person; none
 * where all is well.
 */
export function checkCodeCaches(target: string): string[] {
  return scriptsOf(target).flatMap((script) => {
    const file = script + CACHE;
    if (!existsSync(file)) return basename(script) === PROGRAM ? [`${file} is missing`] : [];
    const source = readFileSync(script, 'latin1');
    const made = madeOf(
      createHash('sha256').update(source).digest('hex'),
      statSync(process.execPath),
    );
    const cache = readFileSync(file);
    const fits = cache.toString('latin1', cache.length - made.length) === made;
    if (!fits) return [`${file} was not made by ${process.execPath}, Node ${process.version}`];
    const cachedData = cache.subarray(0, -made.length);
    const { cachedDataRejected } = new Script(source, { filename: script, cachedData });
    return cachedDataRejected === false ? [] : [`${file} is rejected by V8`];
  });
}

/** The files of a built program that may have a code cache. */
function scriptsOf(target: string): string[] {
  const directory = dirname(target);
  const packed = join(directory, 'packed');
  const libraries = readdirSync(packed).filter((name) => name.endsWith('.cjs'));
  return [join(directory, PROGRAM), ...libraries.map((name) => join(packed, name))];
}

/** A cache cannot be trained here; the message says why, for a person. */
export class Untrained extends Error {}

/** How a boot ends that began: also too late, and that of a user without rights at its first step. */
const BEGAN: readonly unknown[] = [0, 1, 75, 77];

/**
 * How the boot of such a poor world ends does not matter here. One that could not begin (there are no
 * plans beside the program) would train nothing, and each boot take 10 ms longer.
 */
function unlessItBegan(error: unknown): void {
  const known = error instanceof Error && 'code' in error && 'stderr' in error ? error : undefined;
  if (known === undefined) throw error;
  if (BEGAN.includes(known.code)) return;
  const said = String(known.stderr)
    .split('\n')
    .filter((line) => line.includes(': fatal: '));
  const why = said.length === 0 ? known.message : said.join('\n');
  throw new Untrained(`no code cache is made, since a boot to train it ends: ${why}\n`);
}
