/** Compares texts as the agent's manifests are sorted: by code points, not by UTF-16. */
export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
