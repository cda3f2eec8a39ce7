/** What the log says of a program that was started without its code cache, and how to have one. */
import { fileURLToPath } from 'node:url';

/** Says that a boot takes longer than it has to, and the command that makes the cache anew. */
export function codeCacheAdvice(): string {
  const maker = fileURLToPath(new URL('code-cache.cjs', import.meta.url));
  const command = `${process.execPath} ${maker}`;
  return `no code cache fits this Node (${process.version}): each boot takes longer; fix: ${command}`;
}
