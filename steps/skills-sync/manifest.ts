import { byCodePoint } from './order.ts';

/** Where a home tells which skills came with an image, below its skills. */
export const MANIFEST = '.bundled_manifest';

/** Skills by name, and the hash that each had in the image; empty where that is not known. */
export type Manifest = ReadonlyMap<string, string>;

/** Reads a manifest: lines of `name:hash`, or of names alone as older agents wrote them. */
export function parseManifest(text: string): Map<string, string> {
  const manifest = new Map<string, string>();
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const [name = '', ...hash] = line.split(':');
    if (name.trim() !== '') manifest.set(name.trim(), hash.join(':').trim());
  }
  return manifest;
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
