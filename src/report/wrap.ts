/** Wraps, pads and indents text to 80 columns. */

/** The width of every report, in columns. */
export const WIDTH = 80;

/**
 * Breaks a text between words, so that `first` and the text fit the width. Later lines are
 * indented by `hanging` columns. A word that is wider than a line, such as a long path, is not
 * cut.
 */
export function wrap(first: string, text: string, hanging: number): string[] {
  const lines: string[] = [];
  const indent = ' '.repeat(hanging);
  let line = first;
  let empty = true;
  for (const word of text.split(' ')) {
    const longer = empty ? line + word : `${line} ${word}`;
    if (empty || widthOf(longer) <= WIDTH) {
      line = longer;
      empty = false;
      continue;
    }
    lines.push(line);
    line = indent + word;
  }
  return [...lines, line.trimEnd()];
}

/** A text, indented and wrapped. */
export function block(indent: number, text: string): string[] {
  return wrap(' '.repeat(indent), text, indent);
}

/** Advice, indented. A line that is indented itself is to be typed, so it is not broken. */
export function adviceLines(mend: readonly string[], indent: number): string[] {
  return mend.flatMap((line) =>
    line.startsWith(' ') ? [' '.repeat(indent) + line] : block(indent, line),
  );
}

/** How many columns a text takes. */
export function widthOf(text: string): number {
  // Counting code points takes an array; nearly every text is ASCII, where the length will do.
  return /^[ -~]*$/.test(text) ? text.length : Array.from(text).length;
}

/** Fills a text with spaces up to a width. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}
