import type { Content, Reader } from '../../src/system/content.ts';
import { glanceCodec, versionCodec, type Glance, type Version } from './version.ts';

/**
 * Reads the version at the top of a YAML mapping. A boot with nothing to migrate should not pay
 * for a parser, so that one is loaded only where a look at the lines leaves doubt.
 */
export async function readVersion(content: Content, key: string): Promise<Version> {
  const glance = content.open(glanceAt(key));
  if (glance.kind !== 'doubtful') return glance;
  const { parsedVersion } = await import('./yaml.ts');
  return content.open({
    name: `${key} by the parser`,
    codec: versionCodec,
    read: (text) => parsedVersion(text, key),
  });
}

function glanceAt(key: string): Reader<Glance> {
  return {
    name: key,
    codec: glanceCodec,
    read(text) {
      if (!text.includes(key)) return { kind: 'unversioned' };
      const body = text.replace(/^(?:[ \t]*(?:#.*)?\r?\n)*---[ \t]*\r?\n/, '');
      const line = new RegExp(`^${key}[ \\t]*:[ \\t]+(\\d{1,9})(?:[ \\t]+#.*|[ \\t]*)\\r?$`, 'gm');
      const [match, ...more] = [...body.matchAll(line)];
      const isOneDocument = !/^(?:---|\.\.\.)/m.test(body);
      return match !== undefined && more.length === 0 && isOneDocument
        ? { kind: 'known', version: Number(match[1]) }
        : { kind: 'doubtful' };
    },
  };
}
