import { readFileSync } from 'node:fs';

/** What the kernel tells in a file of /proc; `otherwise` where it does not. */
export function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
