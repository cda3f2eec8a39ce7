/** Runs the commands of a page on this machine, in a throw-away sandbox, as a reader would type them. */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeRoot, sandboxPlan } from '../sandbox/root.ts';
import { excerpt, isShown } from './compare.ts';
import { blocksOf, commandsOf, needsContainers, type Block, type Command } from './pages.ts';

const PROJECT = join(import.meta.dirname, '../..');

/** What is not run anywhere, and why. */
export const NOT_RUN: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^npm ci && npm test\b/, 'it would start the tests that it is run by'],
  [/^npm ci && npm start\b/, 'tests/scenarios/sandbox.test.ts runs the sandbox'],
];

/** Where commands run. */
export interface Surroundings {
  readonly cwd: string;
  /** Paths of this machine, and what an output has in the place of each. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Whether a line is on the list of what is not run. */
export function isNotRun(line: string): boolean {
  return NOT_RUN.some(([pattern]) => pattern.test(line));
}

/** A command without the lines of it that are not run. */
function withoutNotRun(command: string): string {
  const lines = command.split('\n').filter((line) => !isNotRun(line));
  return lines.join('\n');
}

/** What a command printed on both outputs, and how it ended. */
interface Ended {
  readonly output: string;
  readonly code: number;
}

/** Runs one command of a page with a shell. */
export function runCommand(
  command: string,
  { cwd, env, elsewhere = {} }: Surroundings,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const script = `exec 2>&1\nset -eo pipefail\n${command}`;
    const shell = spawn('bash', ['-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    const pieces: Buffer[] = [];
    shell.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    shell.on('error', reject);
    shell.on('close', (code) => {
      const output = Object.entries(elsewhere).reduce(
        (text, [from, to]) => text.replaceAll(from, to),
        Buffer.concat(pieces).toString(),
      );
      resolve({ output, code: code ?? -1 });
    });
  });
}

/** What a block says and what its commands really did. */
export interface Played {
  readonly block: Block;
  /** The commands with the output that the page should show. */
  readonly commands: readonly Command[];
  /** What is not as the page has it; empty when all is. */
  readonly faults: readonly string[];
}

/**
 * Runs the commands of a block in their order.
 * @param patience how often a command that only looks is run until it prints what the page shows
 */
export async function play(
  block: Block,
  surroundings: Surroundings,
  patience = 1,
): Promise<Played> {
  for (const file of block.marks.get('file')?.split(' ') ?? [])
    writeBlock(join(surroundings.cwd, file), block.text);
  const faults: string[] = [];
  const real: Command[] = [];
  const commands = commandsOf(block);
  for (const [index, { command: typed, output }] of commands.entries()) {
    const command = withoutNotRun(typed);
    if (command === '') continue;
    const wanted = index === commands.length - 1 ? Number(block.marks.get('exit') ?? 0) : 0;
    const ended = await runUntil(
      command,
      surroundings,
      LOOKS.test(command) ? patience : 1,
      (one) => one.code === wanted && (block.language === 'sh' || isShown(output, one.output)),
    );
    const where = `${block.page}:${block.line}: ${command}`;
    if (ended.code !== wanted)
      faults.push(`${where}\nended with ${ended.code}, not ${wanted}:\n${ended.output}`);
    const shown = block.marks.get('shows')?.split(' ');
    const part = shown === undefined ? ended.output : excerpt(ended.output, shown);
    const same = block.language === 'sh' || isShown(output, part);
    if (!same) faults.push(`${where}\nprints this, not what the page shows:\n${ended.output}`);
    real.push({ command, output: same ? output : part.replace(/^\n+|\s+$/g, '') });
  }
  return { block, commands: real, faults };
}

/** Commands that change nothing, and of which what they show may take a moment to come. */
const LOOKS = /\b(?:status|doctor|logs|history)\b/;

async function runUntil(
  command: string,
  surroundings: Surroundings,
  times: number,
  isRight: (ended: Ended) => boolean,
): Promise<Ended> {
  let ended = await runCommand(command, surroundings);
  for (let time = 1; time < times && !isRight(ended); time += 1)
    ended = await runCommand(command, surroundings);
  return ended;
}

function writeBlock(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/**
 * Runs the commands of a page that need no container, in a sandbox of its own.
 * @param program the directory with dist/ and plans/ of hermes-boot
 */
export async function playPage(page: string, program: string): Promise<Played[]> {
  const base = mkdtempSync(join(tmpdir(), 'hermes-boot-docs-'));
  try {
    const cwd = join(base, 'sandbox');
    for (const path of [base, cwd]) {
      mkdirSync(path, { recursive: true });
      chmodSync(path, 0o755);
    }
    makeRoot(cwd, process.geteuid?.() === 0);
    writeFileSync(join(cwd, 'stage2.yaml'), sandboxPlan(join(PROJECT, 'plans/stage2.yaml')));
    // A copy: `validate` of root leaves something beside the program.
    const installed = join(base, 'hermes-boot');
    for (const name of ['dist', 'plans', 'package.json'])
      cpSync(join(program, name), join(installed, name), COPIED);
    const path = `${commandsFor(base, installed)}:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
    const surroundings = {
      cwd,
      env: { PATH: path, LANG: 'C.UTF-8', HOME: base },
      elsewhere: { [installed]: '/opt/hermes-boot' },
    };
    const played: Played[] = [];
    for (const block of blocksOf(page).filter((block) => !needsContainers(block)))
      played.push(await play(block, surroundings));
    return played;
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

const COPIED = { recursive: true, preserveTimestamps: true };

/** A directory with `hermes-boot` as a command. */
function commandsFor(base: string, program: string): string {
  const directory = join(base, 'bin');
  const command = join(directory, 'hermes-boot');
  const words = [process.execPath, join(program, 'dist/hermes-boot.cjs')].map(
    (word) => `'${word}'`,
  );
  writeBlock(command, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
  chmodSync(command, 0o755);
  return directory;
}
