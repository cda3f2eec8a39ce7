/** Compares an output that a page shows with the real one, and takes out the part that a page shows. */

/** What a page writes where it leaves lines out. */
export const LEFT_OUT = '[…]';

/** What is another one in each run, or on each machine. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b\d+ \w+ ago\b|\bjust now\b/g, 'AGO'],
  [/\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?(?:\.\d+)?)?(?:Z| UTC)?/g, 'DATE'],
  [/\b\d+(?:\.\d+)? ?(?:ms|s|min|h|days?)\b/g, 'TIME'],
  [/\b(pid|process) \d+/g, '$1 N'],
  [/\b[0-9a-f]{12,64}\b/g, 'HEX'],
  [/\/tmp\/hermes-boot-\S+/g, '/tmp/DIRECTORY'],
  [/ on (?:ext4|xfs|btrfs|zfs|tmpfs|overlay|fuse\S*)\b/g, ' on FILESYSTEM'],
];

/** A text without what varies. Where a line is broken depends on that, so a break is a space. */
function normal(text: string): string {
  return VARYING.reduce(
    (left, [what, by]) => left.replace(what, by),
    text.replace(/\s+/g, ' ').trim(),
  );
}

/** Whether a shown output is the real one, with anything in the place of each `[…]`. */
export function isShown(shown: string, real: string): boolean {
  const left = normal(real);
  const chunks = shown.split(LEFT_OUT).map(normal);
  const [first = '', ...others] = chunks;
  const last = others.at(-1);
  if (last === undefined) return left === first;
  if (!left.startsWith(first) || !left.endsWith(last)) return false;
  let from = first.length;
  for (const chunk of others) {
    const found = left.indexOf(chunk, from);
    if (found < 0) return false;
    from = found + chunk.length;
  }
  return true;
}

/**
 * The paragraphs of an output that have one of these names: the first word of a paragraph, or its
 * sign, which is `-` or `=`. What is left out is marked.
 * @throws Error when no paragraph has a name
 */
export function excerpt(output: string, names: readonly string[]): string {
  const paragraphs = output.trim().split(/\n\s*\n/);
  const wanted = paragraphs.map((text) => {
    return [/^[-=](?= )/, /\w[\w-]*/]
      .map((pattern) => pattern.exec(text)?.[0] ?? '')
      .find((name) => names.includes(name));
  });
  const missing = names.filter((name) => !wanted.includes(name));
  if (missing.length > 0) throw new Error(`the output has no paragraph ${missing.join(', ')}`);
  const shown = paragraphs.map((text, index) => (wanted[index] === undefined ? LEFT_OUT : text));
  return shown
    .filter((text, index) => text !== LEFT_OUT || shown[index - 1] !== LEFT_OUT)
    .join('\n\n')
    .replace(/^(?! )/, '');
}
