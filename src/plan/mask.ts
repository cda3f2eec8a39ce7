/*
 * Outside quotes, YAML takes the braces of `${{ inputs.x }}` for a mapping as soon as they stand
 * in a flow mapping. Before YAML sees the text, each character of a template that means something
 * to it is replaced by one that means nothing, as long as the first, so that places stay true.
 */

/** Characters that YAML gives a meaning, in the order of their stand-ins. */
const MEANING = '{},[]#:';

/** Unicode keeps U+FDD0 to U+FDEF for uses such as this; no text may hold them. */
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
