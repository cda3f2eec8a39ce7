const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** What nearly every text consists of. */
const PLAIN = /^[ -~]*$/;

/** A text in which every character shows: controls are written as escapes such as `\x1b`. */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  // Controls, the marks that reorder or hide text, line separators and broken surrogates. A file
  // name with one of them could forge a line of the log or drive the terminal that shows it. The
  // pattern is here since preparing it takes longer than a step.
  const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
  return text.replace(unprintable, (character) => SHORT[character] ?? escape(character));
}

function escape(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  if (code.length <= 2) return `\\x${code.padStart(2, '0')}`;
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}
