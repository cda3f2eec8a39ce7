/** Reads the version of a configuration: by a glance at its lines, by a YAML parser where that leaves doubt. */
import type { Content } from '../../src/system/content.ts';
import { mappingParser } from '../../src/step/yaml-mapping.ts';
import { count, object, text, variant, word } from '../../src/text/codec.ts';

/** The version that a configuration says it is of. */
export type Version =
  | { readonly kind: 'known'; readonly version: number }
  | { readonly kind: 'unversioned' }
  /** It cannot be read, or is not a mapping: `reason` says so as the end of a sentence. */
  | { readonly kind: 'invalid'; readonly reason: string };

const FORMS = {
  known: object({ kind: word('known'), version: count }),
  unversioned: object({ kind: word('unversioned') }),
  invalid: object({ kind: word('invalid'), reason: text }),
};

const versionCodec = variant<Version>('kind', FORMS);

/** What the lines of a configuration say of its version. */
type Glance = Version | { readonly kind: 'doubtful' };

const glanceCodec = variant<Glance>('kind', {
  ...FORMS,
  doubtful: object({ kind: word('doubtful') }),
});

/**
 * Reads the version of a configuration. A boot with nothing to migrate should not pay for a
 * parser, so that one is loaded only where a look at the lines leaves doubt.
 * @param key the key at the top that holds it
 */
export async function readVersion(content: Content, key: string): Promise<Version> {
  const glance = content.open({
    name: key,
    codec: glanceCodec,
    read: (source) => glanceAt(source, key),
  });
  return glance.kind === 'doubtful' ? parseVersion(content, key) : glance;
}

/** The same by the parser alone, for which every line counts. */
export async function parseVersion(content: Content, key: string): Promise<Version> {
  const parse = await mappingParser();
  return content.open<Version>({
    name: `${key} by the parser`,
    codec: versionCodec,
    read(source) {
      const parsed = parse(source);
      if (parsed.kind === 'invalid') return parsed;
      const { document } = parsed;
      const value = document.get(key);
      if (value === undefined || value === null) return { kind: 'unversioned' };
      const version = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
      return typeof version === 'number' && Number.isSafeInteger(version) && version >= 0
        ? { kind: 'known', version }
        : { kind: 'invalid', reason: `has a ${key} that is not a version` };
    },
  });
}

function glanceAt(source: string, key: string): Glance {
  if (!source.includes(key)) return { kind: 'unversioned' };
  const body = source.replace(/^(?:[ \t]*(?:#.*)?\r?\n)*---[ \t]*\r?\n/, '');
  const line = new RegExp(`^${key}[ \\t]*:[ \\t]+(\\d{1,9})(?:[ \\t]+#.*|[ \\t]*)\\r?$`, 'gm');
  const [match, ...more] = [...body.matchAll(line)];
  const isOneDocument = !/^(?:---|\.\.\.)/m.test(body);
  return match !== undefined && more.length === 0 && isOneDocument
    ? { kind: 'known', version: Number(match[1]) }
    : { kind: 'doubtful' };
}
