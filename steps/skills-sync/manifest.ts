import type { Cover, Reader } from '../../src/system/content.ts';
import { text } from '../../src/text/codec.ts';
import { byCodePoint } from './order.ts';

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
