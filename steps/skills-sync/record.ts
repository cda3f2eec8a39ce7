/** What the home remembers of its last sync: the manifest of skills and the fingerprint of the image. */
import { createHash } from 'node:crypto';
import { lookBelow } from '../../src/step/paths.ts';
import type { Cover, Reader } from '../../src/system/content.ts';
import { join } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { flag, list, nullable, object, text } from '../../src/text/codec.ts';
import type { Options } from './schema.ts';
import { byCodePoint, findSkills } from './find-skills.ts';
import { imageIdentity, listing } from './image-identity.ts';

/** Where a home tells which skills it has been given, below its skills. */
export const RECORD = '.bundled_fingerprint';

/** The names of skills that the agent has pruned, below the skills of a home. */
export const SUPPRESSED = '.curator_suppressed';

/** In a home that wants no skills but the essential ones. */
export const NO_SKILLS = '.no-bundled-skills';

/** Raised when the same skills have to be looked at anew by another version of this step. */
const VERSION = 1;

/** A longer fingerprint is written as its digest: a record is read in each boot. */
const LONGEST = 32 * 1024;

/** What a record says. */
export interface SyncRecord {
  readonly fingerprint: string;
  /** Whether the sync came to its end. */
  readonly done: boolean;
}

/**
 * Everything that decides a sync but what a home did with its copies: which skills the image has,
 * what is pruned, and what others supply. No skill is read for it. It is a digest only where it is
 * long: Node's start is half as long again with the module that makes one.
 */
export function fingerprintOf(system: ReadSystem, home: string, options: Options): string {
  const { bundled, digest, optional, essential = [], external = [] } = options;
  const facts = [
    VERSION,
    imageIdentity(system, bundled, digest),
    essential,
    lookBelow(system, home, NO_SKILLS).type !== 'missing',
    [...suppressedIn(system, home)],
    external.map((path) => [path, findSkills(system, path).skills]),
    ...(optional === undefined ? [] : [listing(system, optional)]),
  ];
  const text = JSON.stringify(facts);
  return text.length <= LONGEST ? text : createHash('sha256').update(text).digest('hex');
}

/** The skills that the agent has pruned from a home. */
export function suppressedIn(system: ReadSystem, home: string): ReadonlySet<string> {
  const path = join('skills', SUPPRESSED);
  if (lookBelow(system, home, path).type !== 'file') return new Set();
  return new Set(system.readAs(join(home, path), names));
}

const names: Reader<readonly string[]> = {
  name: 'the names',
  codec: list(text),
  read: (content) =>
    content
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => /^[^#]/.test(line)),
};

/** How facts have a record: its fingerprint is of what they have, too. */
export const syncRecord: Reader<SyncRecord | null> = {
  name: 'the record',
  codec: nullable(object<SyncRecord>({ fingerprint: text, done: flag })),
  read: (content) => parseRecord(content) ?? null,
};

/** Reads a record; undefined where there is none. */
export function parseRecord(content: string): SyncRecord | undefined {
  const [, open, fingerprint] = /^(unfinished )?([0-9a-f]{64}|\[[^\n]*\])\n$/.exec(content) ?? [];
  return fingerprint === undefined ? undefined : { fingerprint, done: open === undefined };
}

/** The text of a record. */
export function showRecord({ fingerprint, done }: SyncRecord): string {
  return `${done ? '' : 'unfinished '}${fingerprint}\n`;
}

/** Where a home tells which skills came with an image, below its skills. */
export const MANIFEST = '.bundled_manifest';

/** Skills by name, and the hash that each had in the image; empty where that is not known. */
export type Manifest = ReadonlyMap<string, string>;

/** Reads a manifest: lines of `name:hash`, or of names alone as older agents wrote them. */
export function parseManifest(content: string): Map<string, string> {
  const manifest = new Map<string, string>();
  for (const line of content.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const [name = '', ...hash] = line.split(':');
    if (name.trim() !== '') manifest.set(name.trim(), hash.join(':').trim());
  }
  return manifest;
}

/** The text of a manifest. Names of skills leave; hashes may be of what a user has edited. */
export const manifestText: Reader<string> = {
  name: 'the manifest',
  codec: text,
  read: (content) => content,
  leaves: (content, cover) =>
    content
      .split('\n')
      .map((line) => covered(line, cover))
      .join('\n'),
};

function covered(line: string, cover: Cover): string {
  const start = line.indexOf(':') + 1;
  const rest = line.slice(start);
  const hash = rest.trim();
  if (start === 0 || hash === '') return line;
  const by = /^[0-9a-f]{32}$/.test(hash) ? cover.digest(hash) : cover.value(hash);
  return line.slice(0, start) + rest.replace(hash, () => by);
}

/** The text of a manifest, as the agent writes it. */
export function showManifest(manifest: Manifest): string {
  const sorted = [...manifest].sort(([a], [b]) => byCodePoint(a, b));
  return sorted.map(([name, hash]) => `${name}:${hash}\n`).join('');
}

/** Whether a name can stand in a manifest and be read again. */
export function fitsManifest(name: string): boolean {
  return name.trim() === name && /^[^:\p{Cc}\u2028\u2029]+$/u.test(name);
}
