import type { Version } from './version.ts';

/**
 * Reads the version at the top of a YAML mapping. A boot with nothing to migrate should not pay
 * for a parser, so that one is loaded only where a look at the lines leaves doubt.
 */
export async function readVersion(text: string, key: string): Promise<Version> {
  if (!text.includes(key)) return { kind: 'unversioned' };
  const body = text.replace(/^(?:[ \t]*(?:#.*)?\r?\n)*---[ \t]*\r?\n/, '');
  const line = new RegExp(`^${key}[ \\t]*:[ \\t]+(\\d{1,9})(?:[ \\t]+#.*|[ \\t]*)\\r?$`, 'gm');
  const [match, ...more] = [...body.matchAll(line)];
  const isOneDocument = !/^(?:---|\.\.\.)/m.test(body);
  if (match !== undefined && more.length === 0 && isOneDocument) {
    return { kind: 'known', version: Number(match[1]) };
  }
  const { parsedVersion } = await import('./yaml.ts');
  return parsedVersion(text, key);
}
