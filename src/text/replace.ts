/** A stretch of a text that is replaced. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/**
 * A text in which every occurrence of some texts is replaced. Occurrences that overlap become one,
 * or what one leaves of another would show.
 */
export function replaceAll(text: string, replacements: ReadonlyMap<string, string>): string {
  const stretches = [...replacements].flatMap(([found, by]) => occurrences(text, found, by));
  if (stretches.length === 0) return text;
  stretches.sort((a, b) => a.start - b.start || b.end - a.end);
  let clean = '';
  let end = 0;
  for (const stretch of stretches) {
    if (stretch.start >= end) clean += text.slice(end, stretch.start) + stretch.by;
    end = Math.max(end, stretch.end);
  }
  return clean + text.slice(end);
}

function occurrences(text: string, found: string, by: string): Stretch[] {
  const all: Stretch[] = [];
  for (let at = text.indexOf(found); at !== -1; at = text.indexOf(found, at + 1)) {
    all.push({ start: at, end: at + found.length, by });
  }
  return all;
}
