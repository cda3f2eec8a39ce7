import { createHash } from 'node:crypto';
import { debianArchive, lackingForDebian } from '../../support/debian.ts';
import { engine, mustDo } from './engine.ts';

/**
 * What the stand-ins run on; s6 and execline in the place of s6-overlay's own. Node is for the agent
 * alone, python3-yaml for the helpers that benchmarks compare with.
 */
const PACKAGES = [
  'ca-certificates',
  'execline',
  'nodejs',
  'procps',
  'python3',
  'python3-yaml',
  's6',
];
const RECIPE = createHash('sha256').update(PACKAGES.join(' ')).digest('hex').slice(0, 12);

/** What is missing on this machine to make the base image; undefined when nothing is. */
export function lackingForBase(): string | undefined {
  return lackingForDebian(PACKAGES);
}

/**
 * The image of a small Debian 13, made from packages, since tests need no registry.
 * @returns its name
 */
export async function baseImage(): Promise<string> {
  const name = `localhost/hermes-boot-tests/base:${RECIPE}`;
  if ((await engine('image', 'inspect', name)).code === 0) return name;
  await mustDo('import', debianArchive(PACKAGES), name);
  return name;
}
