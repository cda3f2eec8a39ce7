/** A checksum against accidents: 64 bits of a text, without loading node:crypto. */

/** The primes and starts of two FNV-1a sums, of which the second goes its own way. */
const PRIMES = [0x01000193, 0x01000197] as const;
const STARTS = [0x811c9dc5, 0x1b873593] as const;

/** Sixteen hexadecimal digits. Whoever can change the text can make the checksum of it, too. */
export function checksum(text: string): string {
  let [one, two]: readonly [number, number] = STARTS;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, PRIMES[0]);
    two = Math.imul(two ^ code, PRIMES[1]) ^ (two >>> 15);
  }
  return [one, two].map((sum) => (sum >>> 0).toString(16).padStart(8, '0')).join('');
}
