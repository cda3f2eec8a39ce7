/** Parses the templates in the strings of a plan: `${{ inputs.x }}` and `${{ facts.x }}`. */

/** A name in a template or condition, and where it is in its text. */
export interface Reference {
  readonly kind: 'input' | 'fact';
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/** An error inside a string of the plan. */
export interface TextError {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
  readonly hint?: string;
}

/** A parsed text: its literal parts and the names in `${{ }}`. */
interface Template {
  readonly parts: readonly (string | Reference)[];
  readonly errors: readonly TextError[];
}

const OPEN = '${{';
const CLOSE = '}}';
const NAMES = 'write inputs.NAME or facts.NAME';

/** Whether a text contains a template, or the start of one. */
export function hasTemplate(text: string): boolean {
  return text.includes(OPEN);
}

/** By their text: a plan says `${{ inputs.home }}` in most of its steps. */
const templates = new Map<string, Template>();

/** Parses a text. */
export function parseTemplate(text: string): Template {
  const template = templates.get(text) ?? parse(text);
  templates.set(text, template);
  return template;
}

function parse(text: string): Template {
  const parts: (string | Reference)[] = [];
  const errors: TextError[] = [];
  let at = 0;
  for (let open = text.indexOf(OPEN); open !== -1; open = text.indexOf(OPEN, at)) {
    if (open > at) parts.push(text.slice(at, open));
    const end = endOf(text, open);
    if (end === undefined) {
      const next = text.indexOf(OPEN, open + OPEN.length);
      at = next === -1 ? text.length : next;
      errors.push(unclosed(open, text.slice(open, at).trimEnd().length));
    } else {
      const found = parseName(text.slice(open + OPEN.length, end - CLOSE.length), open, end);
      if ('message' in found) errors.push(found);
      else parts.push(found);
      at = end;
    }
  }
  if (at < text.length) parts.push(text.slice(at));
  return { parts, errors };
}

/** The one name that a text consists of; undefined if it is longer or has none. */
export function wholeReference(template: Template): Reference | undefined {
  const [only] = template.parts;
  return template.parts.length === 1 && typeof only === 'object' ? only : undefined;
}

/** The names of a template. */
export function referencesOf(template: Template): Reference[] {
  return template.parts.filter((part) => typeof part === 'object');
}

/** A reference as the plan writes it: `inputs.home`. */
export function nameOf(reference: Pick<Reference, 'kind' | 'name'>): string {
  return `${reference.kind}s.${reference.name}`;
}

/** The message about a name that is not one of a plan. */
export function unknownName(name: string): { readonly message: string; readonly hint: string } {
  const singular = /^(input|fact)\.[\w-]+$/.exec(name)?.[1];
  const meant = name.replace('.', 's.');
  const hint = singular === undefined ? NAMES : `did you mean ${meant}?`;
  return { message: `unknown name ${name}`, hint };
}

function endOf(text: string, open: number): number | undefined {
  const close = text.indexOf(CLOSE, open + OPEN.length);
  const next = text.indexOf(OPEN, open + OPEN.length);
  return close === -1 || (next !== -1 && next < close) ? undefined : close + CLOSE.length;
}

function unclosed(offset: number, length: number): TextError {
  return { offset, length, message: 'unclosed template', hint: 'close it with }}' };
}

function parseName(inner: string, open: number, end: number): Reference | TextError {
  const name = inner.trim();
  const whole = { offset: open, length: end - open };
  if (name === '') return { ...whole, message: 'empty template', hint: NAMES };

  const place = { offset: open + OPEN.length + inner.indexOf(name), length: name.length };
  const known = /^(input|fact)s\.([A-Za-z0-9_-]+)$/.exec(name);
  if (known)
    return { ...place, kind: known[1] === 'input' ? 'input' : 'fact', name: known[2] ?? '' };
  if (/^[\w.-]+$/.test(name)) return { ...place, ...unknownName(name) };
  return { ...place, message: 'a template takes one name, not an expression', hint: NAMES };
}
