/** What the agent's hub has installed in a home, as its lock file says, and how entries are added. */
import { isAnswer } from '../../src/errors/look-failed.ts';
import { lookBelow } from '../../src/step/paths.ts';
import { Content, type Reader, sealed } from '../../src/system/content.ts';
import { componentsOf, join } from '../../src/system/path.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { list, nullable, object, text } from '../../src/text/codec.ts';
import { fieldsOf, parseObject } from '../../src/text/json-object.ts';

/** Where the hub writes down what it has installed, below the skills of a home. */
export const HUB_LOCK = '.hub/lock.json';

/** In bytes; an entry has some hundred. */
const LARGEST_LOCK = 4 * 1024 * 1024;

/** What the hub has installed. */
export interface Installed {
  /** Its key in the lock, the name of its directory. */
  readonly name: string;
  /** Where it is, below the skills of the home; null where the lock does not say. */
  readonly path: string | null;
}

/** An entry as the agent's own tool writes it for a skill that nobody has installed. */
export interface HubEntry {
  readonly name: string;
  readonly path: string;
  /** Of the hub, see `hubHash`. */
  readonly hash: string;
  readonly files: readonly string[];
  /** When the copy was last changed, in milliseconds since 1970. */
  readonly since: number;
}

/** What the hub has installed; undefined where its lock is no lock, or too large. */
export function installedByHub(system: ReadSystem, home: string): readonly Installed[] | undefined {
  const path = join('skills', HUB_LOCK);
  if (lookBelow(system, home, path).type !== 'file') return [];
  return readLock(system, join(home, path), installed);
}

const installed: Reader<readonly Installed[] | null> = {
  name: 'what the hub has installed',
  codec: nullable(list(object<Installed>({ name: text, path: nullable(text) }))),
  read(content) {
    const section = sectionOf(documentOf(content));
    if (section === undefined) return null;
    return [...section].map(([name, entry]) => {
      const at = fieldsOf(entry)?.get('install_path');
      return { name, path: typeof at === 'string' ? componentsOf(at).join('/') : null };
    });
  },
};

/** The lock with more entries; undefined where it is no lock, or too large. Its other values stay. */
export function lockWith(
  system: ReadSystem,
  path: string,
  entries: readonly HubEntry[],
): Content | undefined {
  return readLock(system, path, adding(entries));
}

function readLock<T>(system: ReadSystem, path: string, reader: Reader<T | null>): T | undefined {
  try {
    return system.readAs(path, reader, LARGEST_LOCK) ?? undefined;
  } catch (error) {
    if (isAnswer(error)) return undefined;
    throw error;
  }
}

/** A lock with nothing but some entries. */
export function newLock(entries: readonly HubEntry[]): Content {
  return printed(new Map([['version', 1]]), new Map(), entries);
}

function adding(entries: readonly HubEntry[]): Reader<Content | null> {
  return {
    name: `the lock of the hub with ${entries.map(({ path }) => path).join(', ')}`,
    codec: nullable(sealed),
    read(content, exact) {
      const document = exact ? documentOf(content) : undefined;
      const there = sectionOf(document);
      if (document === undefined || there === undefined) return null;
      try {
        return printed(document, there, entries);
      } catch (error) {
        // It is nested deeper than can be printed again.
        if (error instanceof RangeError) return null;
        throw error;
      }
    },
  };
}

type Fields = ReadonlyMap<string, unknown>;

/** As the agent prints it. */
function printed(document: Fields, there: Fields, entries: readonly HubEntry[]): Content {
  const all = new Map([...there, ...entries.map((entry) => [entry.name, shown(entry)] as const)]);
  const whole = new Map([...document, [SECTION, Object.fromEntries(all)]]);
  return Content.ofText(`${JSON.stringify(Object.fromEntries(whole), null, 2)}\n`);
}

/** The last moment that a Date can be, in milliseconds since 1970. */
const LATEST = 8.64e15;

/** The words are those of the agent's own tool (tools/skills_sync_optional.py). */
function shown({ path, hash, files, since }: HubEntry): unknown {
  // A share may report any number.
  const at = new Date(Math.abs(since) <= LATEST ? since : 0).toISOString().replace('Z', '+00:00');
  return {
    source: 'official',
    identifier: `official/${path}`,
    trust_level: 'builtin',
    scan_verdict: 'backfilled',
    content_hash: hash,
    install_path: path,
    files,
    metadata: { backfilled_from: 'optional-skills' },
    installed_at: at,
    updated_at: at,
  };
}

/** The part of a lock that has what is installed. */
const SECTION = 'installed';

/** The entries of a document that is a lock; undefined where it is not one. */
function sectionOf(document: Fields | undefined): Fields | undefined {
  return document && fieldsOf(document.get(SECTION) ?? {});
}

function documentOf(content: string): Fields | undefined {
  return parseObject(content.replace(/^\uFEFF/, ''));
}
