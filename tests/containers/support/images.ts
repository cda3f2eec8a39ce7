import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { bootNode } from './boot-node.ts';
import { baseImage } from './debian.ts';
import { ENGINE, engine, mustDo, type Ended } from './engine.ts';

const PROJECT = join(import.meta.dirname, '../../..');
/** Each checkout has its own images: a run in another one must not take them away. */
const CHECKOUT = createHash('sha256').update(PROJECT).digest('hex').slice(0, 12);
const STAND_INS = `localhost/hermes-boot-tests/stand-ins:${CHECKOUT}`;
const IMAGE = `localhost/hermes-boot-tests/hermes:${CHECKOUT}`;

/** The stages of the Dockerfile that need the network, except for `system`. */
const STAGES = ['s6-overlay', 'uv', 'agent', 'node', 'build'];

/**
 * Builds the image of the Dockerfile with stand-ins in the place of what the network would bring.
 * @returns the id of the image
 */
export async function buildImage(): Promise<string> {
  const base = await baseImage();
  const node = await bootNode();
  await execa('npm', ['run', '--silent', 'build'], { cwd: PROJECT });
  await inNewDirectory(async (context) => {
    cpSync(join(import.meta.dirname, '../stand-ins'), context, { recursive: true });
    copyForBuild(context, node);
    const file = ['-f', join(context, 'Containerfile'), '--build-arg', `BASE=${base}`];
    await replacing(STAND_INS, () => engine('build', '-q', '-t', STAND_INS, ...file, context));
  });
  return replacing(IMAGE, () => buildFrom(PROJECT, ['-t', IMAGE]));
}

/**
 * Builds the image upon an s6-overlay that keeps the user bundle in another place.
 * @returns its id
 */
export async function imageWithBundlesIn(place: 'user-bundles.d'): Promise<string> {
  const base = await baseImage();
  const node = await bootNode();
  const tags = [STAND_INS, IMAGE].map((tag) => `${tag}-${place}`);
  const [standIns = '', image = ''] = tags;
  await inNewDirectory(async (context) => {
    cpSync(join(import.meta.dirname, '../stand-ins'), context, { recursive: true });
    copyForBuild(context, node);
    const words = ['--build-arg', `BASE=${base}`, '--build-arg', `USER_BUNDLE=${place}`];
    const file = ['-f', join(context, 'Containerfile'), ...words];
    await replacing(standIns, () => engine('build', '-q', '-t', standIns, ...file, context));
  });
  return replacing(image, () => buildFrom(PROJECT, ['-t', image], standIns));
}

/** What the stage that builds this project has, and its Node. The plans train the code cache. */
function copyForBuild(context: string, node: string): void {
  for (const name of ['dist', 'plans'])
    cpSync(join(PROJECT, name), join(context, name), { recursive: true });
  cpSync(node, join(context, 'node'), { preserveTimestamps: true });
}

/** Builds a tag anew and removes the image that had it, so that runs do not pile up images. */
async function replacing(tag: string, build: () => Promise<Ended>): Promise<string> {
  const before = await idOf(tag);
  const { code, stdout, stderr } = await build();
  if (code !== 0) throw new Error(`${tag} does not build:\n${stdout}${stderr}`);
  const after = await idOf(tag);
  if (before !== '' && before !== after) await engine('rmi', before);
  return after;
}

async function idOf(tag: string): Promise<string> {
  return (await engine('image', 'inspect', '-f', '{{.Id}}', tag)).stdout.trim();
}

/** Builds the Dockerfile of a directory. */
async function buildFrom(
  directory: string,
  options: readonly string[] = [],
  standIns = STAND_INS,
): Promise<Ended> {
  return engine('build', '-q', ...options, ...(await buildContexts({}, standIns)), directory);
}

/**
 * Options of a build that put stand-ins in the place of what the network would bring.
 * @param others images by the names that a Dockerfile has for them
 */
export async function buildContexts(
  others: Readonly<Record<string, string>> = {},
  standIns = STAND_INS,
): Promise<string[]> {
  const replaced = [
    `system=${prefix()}${await baseImage()}`,
    ...STAGES.map((stage) => `${stage}=${prefix()}${standIns}`),
    ...Object.entries(others).map(([name, image]) => `${name}=${prefix()}${image}`),
  ];
  return replaced.flatMap((context) => ['--build-context', context]);
}

/**
 * Builds the image of nothing but hermes-boot.
 * @returns its id
 */
export async function targetImage(): Promise<string> {
  const { code, stdout, stderr } = await buildFrom(PROJECT, ['--target', 'hermes-boot']);
  if (code !== 0) throw new Error(`the target does not build:\n${stdout}${stderr}`);
  return stdout.trim();
}

/** The paths in the image of nothing but hermes-boot that are not directories. */
export async function filesOfTarget(): Promise<string[]> {
  const image = await targetImage();
  return inNewDirectory(async (directory) => {
    const archive = join(directory, 'image.tar');
    // It has no command: the word stands for one, and is never run.
    const container = await mustDo('create', image, 'none');
    try {
      await mustDo('export', '-o', archive, container);
    } finally {
      await engine('rm', container);
    }
    const listed = await execa('tar', ['-tf', archive]);
    return listed.stdout.split('\n').filter((path) => !path.endsWith('/'));
  });
}

/**
 * Builds the stand-in of the official image, with the shell hook that the benchmarks use, too.
 * @returns its id
 */
export async function officialImage(): Promise<string> {
  const base = await baseImage();
  return inNewDirectory(async (context) => {
    cpSync(join(import.meta.dirname, '../stand-ins/official'), context, { recursive: true });
    const hook = join(context, 'docker/stage2-hook.sh');
    cpSync(join(PROJECT, 'tests/bench/peers/hook.sh'), hook);
    chmodSync(hook, 0o755);
    const sources = [`BASE=${base}`, `STAND_INS=${STAND_INS}`];
    return buildAs(
      'official',
      context,
      sources.flatMap((source) => ['--build-arg', source]),
    );
  });
}

/**
 * Builds a Dockerfile that is given as text, and needs no file beside it.
 * @param name what the image is called, among those of this checkout
 * @returns the image's id
 */
export async function buildText(name: string, dockerfile: string): Promise<string> {
  return inNewDirectory(async (context) => {
    writeFileSync(join(context, 'Containerfile'), dockerfile);
    return buildAs(name, context);
  });
}

/** Without the cache, whose look-ups fail where another run removes its images meanwhile. */
async function buildAs(
  name: string,
  context: string,
  options: readonly string[] = [],
): Promise<string> {
  const tag = `localhost/hermes-boot-tests/${name}:${CHECKOUT}`;
  const file = ['-f', join(context, 'Containerfile')];
  const words = ['build', '-q', '--no-cache', '-t', tag, ...options, ...file, context];
  return replacing(tag, () => engine(...words));
}

/** Builds the Dockerfile with the project's files as a change leaves them. */
export async function buildChanged(change: (directory: string) => void): Promise<Ended> {
  return inNewDirectory(async (directory) => {
    for (const name of [
      'Dockerfile',
      '.dockerignore',
      'LICENSE',
      'package.json',
      'docker',
      'plans',
      'schemas',
    ]) {
      cpSync(join(PROJECT, name), join(directory, name), { recursive: true });
    }
    change(directory);
    return buildFrom(directory);
  });
}

/** How the engine's builder writes that a context is an image. */
function prefix(): string {
  return ENGINE === 'podman' ? 'container-image://' : 'docker-image://';
}

async function inNewDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'hermes-boot-image-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
