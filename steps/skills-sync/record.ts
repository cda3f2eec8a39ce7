/** What the home remembers of its last sync: the manifest of skills and the fingerprint of the image. */
import { createHash } from 'node:crypto';
import { unlessProblem } from '../../src/errors/look-failed.ts';
import { lookBelow } from '../../src/step/paths.ts';
import type { Cover, Reader } from '../../src/system/content.ts';
import { join } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { flag, list, nullable, object, text } from '../../src/text/codec.ts';
import type { Options } from './schema.ts';
import { byCodePoint, findSkills } from './find-skills.ts';

/** Where a home tells which skills it has been given, below its skills. */
export const RECORD = '.bundled_fingerprint';

/** The names of skills that the agent has pruned, below the skills of a home. */
export const SUPPRESSED = '.curator_suppressed';

/** In a home that wants no skills but the essential ones. */
export const NO_SKILLS = '.no-bundled-skills';

/** Raised when the same skills have to be looked at anew by another version of this step. */
const VERSION = 1;

/** A digest is a line; a longer text is something else. */
const LONGEST_DIGEST = 4096;

/** What a record says. */
export interface SyncRecord {
  readonly fingerprint: string;
  /** Whether the sync came to its end. */
  readonly done: boolean;
}

/**
 * Everything that decides a sync but what a home did with its copies: which skills the image has,
 * what is pruned, and what others supply. No skill is read for it. It is a digest only where the
 * image has none of its own: Node's start is half as long again with the module that makes one.
 */
export function fingerprintOf(system: ReadSystem, home: string, options: Options): string {
  const { bundled, digest, essential = [], external = [] } = options;
  const built = digest === undefined ? undefined : bakedDigest(system, digest);
  const facts = [
    VERSION,
    built === undefined ? statuses(system, bundled) : [built, listing(system, bundled)],
    essential,
    lookBelow(system, home, NO_SKILLS).type !== 'missing',
    [...suppressedIn(system, home)],
    external.map((path) => [path, findSkills(system, path).skills]),
  ];
  const text = JSON.stringify(facts);
  return built === undefined ? createHash('sha256').update(text).digest('hex') : text;
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

/** What a build has written about the skills is of the image, and no secret. */
const baked: Reader<string> = {
  name: 'the digest of the skills',
  codec: text,
  read: (content) => content.trim(),
};

/** Reads a record; undefined where there is none. */
export function parseRecord(content: string): SyncRecord | undefined {
  const [, open, fingerprint] = /^(unfinished )?([0-9a-f]{64}|\[.*\])\n$/.exec(content) ?? [];
  return fingerprint === undefined ? undefined : { fingerprint, done: open === undefined };
}

/** The text of a record. */
export function showRecord({ fingerprint, done }: SyncRecord): string {
  return `${done ? '' : 'unfinished '}${fingerprint}\n`;
}

/** What the build has written about the skills; undefined where there is no such file. */
function bakedDigest(system: ReadSystem, path: string): string | undefined {
  if (system.look(path).type !== 'file') return undefined;
  return unlessProblem(() => system.readAs(path, baked, LONGEST_DIGEST));
}

/** The names of categories and skills: an image built upon another one may add some. */
function listing(system: ReadSystem, top: string): (readonly string[])[] {
  const names = system.list(top);
  return [names, ...names.map((name) => system.list(join(top, name)))];
}

/**
 * Every entry with its size and the time of its last change. The kernel keeps that time: a build
 * that sets all times to one moment does not hide a change of the same size.
 */
function statuses(system: ReadSystem, top: string): unknown[] {
  return system.list(top).map((name) => {
    const path = join(top, name);
    const entry = system.look(path);
    if (entry.type === 'directory') return [name, statuses(system, path)];
    const stat = 'stat' in entry ? entry.stat : undefined;
    return [name, entry.type, stat?.size, stat?.mode, stat?.changedAt];
  });
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
