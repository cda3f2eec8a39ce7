/** Prepares the text of a plan for YAML: replaces forbidden characters and hides templates. */
import { at, type PendingDiagnostic } from './diagnostic.ts';
import type { SourceMap } from './source-map.ts';

/**
 * Characters that YAML 1.2 does not allow, a lone carriage return, and the code points that stand
 * in for braces while a plan is read.
 */
const FORBIDDEN =
  // eslint-disable-next-line no-control-regex -- finding them is the point
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufdd0-\ufdef\ufffe\uffff]|\r(?!\n)/g;

const MOST = 20;

/** A character that no plan may contain. */
interface Forbidden {
  readonly offset: number;
  readonly character: string;
}

/** Finds characters that no plan may contain, and replaces each, so that reading can go on. */
export function replaceForbidden(text: string): {
  readonly readable: string;
  readonly found: readonly Forbidden[];
} {
  const found: Forbidden[] = [];
  const readable = text.replace(FORBIDDEN, (character, offset: number) => {
    found.push({ character, offset });
    return '\ufffd';
  });
  return { readable, found };
}

/** Reports such characters about the values that contain them, and nothing else about those. */
export function forbiddenErrors(
  found: readonly Forbidden[],
  sourceMap: SourceMap,
): PendingDiagnostic[] {
  return found.slice(0, MOST).map(({ character, offset }) => {
    const span = sourceMap.span({ start: offset, end: offset + 1 });
    const parts = { message: describe(character), hint: 'remove it' };
    return at(span, sourceMap.holderOf(offset), parts);
  });
}

function describe(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 0) return 'NUL byte in the file';
  if (code === 0x0d) return 'carriage return without a line feed';
  const kind = code < 0xa0 ? 'control character' : 'noncharacter';
  return `${kind} U+${code.toString(16).toUpperCase().padStart(4, '0')} in the file`;
}

/*
 * Inside a flow mapping, YAML reads the braces of an unquoted `${{ inputs.x }}` as a mapping. Before
 * YAML sees the text, each special character of a template is replaced by a stand-in of the same
 * length, so that offsets stay the same.
 */

/** Characters that are special in YAML, in the order of their stand-ins. */
const MEANING = '{},[]#:';

/** Unicode keeps U+FDD0 to U+FDEF for internal use; no text may contain them. */
const FIRST = 0xfdd0;

const STAND_INS = new RegExp(
  `[${String.fromCharCode(FIRST)}-${String.fromCharCode(FIRST + MEANING.length - 1)}]`,
  'g',
);

/** Hides the templates of a plan file from YAML. The text keeps its length. */
export function maskTemplates(text: string): string {
  return text.replace(/\$\{\{[^{}\r\n]*\}\}|\$\{\{/g, (template) =>
    template.replace(/[{},[\]#:]/g, (character) =>
      String.fromCharCode(FIRST + MEANING.indexOf(character)),
    ),
  );
}

/** Undoes `maskTemplates` in a part of its result. */
export function unmaskTemplates(text: string): string {
  return text.replace(STAND_INS, (character) => MEANING.charAt(character.charCodeAt(0) - FIRST));
}
