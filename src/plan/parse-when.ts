/** Parses a `when`. */
import type { Condition } from './plan.ts';
import { unknownName, type TextError } from './template.ts';
import { quote } from './wanted.ts';

/** A stretch of the text of a condition. */
export interface Stretch {
  readonly offset: number;
  readonly length: number;
}

/** A condition, and where each part of it stands in its text. */
export interface ParsedWhen {
  readonly condition: Condition;
  readonly places: ReadonlyMap<Condition, Stretch>;
}

/** The longest `when`: enough for any sense, and no parser runs out of stack on it. */
const LONGEST = 500;

/** Reads a `when`, bare or in `${{ }}`. */
export function parseWhen(text: string): ParsedWhen | TextError {
  if (text.length > LONGEST) {
    return whole(text, `a condition longer than ${LONGEST} characters`);
  }
  const { inner, start } = unwrap(text);
  const { tokens, error } = tokensOf(inner);
  const result = error ?? new Parser(tokens, inner.trimEnd().length).parse();
  if ('message' in result) return { ...result, offset: result.offset + start };
  const places = [...result.places].map(
    ([condition, { offset, length }]) => [condition, { offset: offset + start, length }] as const,
  );
  return { condition: result.condition, places: new Map(places) };
}

/** What stands between `${{` and `}}`, blanked out in place where there are none. */
function unwrap(text: string): { readonly inner: string; readonly start: number } {
  const wrapped = /^(\s*\$\{\{)([^]*)\}\}\s*$/.exec(text);
  return { inner: wrapped?.[2] ?? text, start: wrapped?.[1]?.length ?? 0 };
}

function whole(text: string, message: string): TextError {
  return { offset: 0, length: text.length, message };
}

/** Recursive descent; each method answers undefined once a error has been found. */
class Parser {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  readonly #places = new Map<Condition, Stretch>();
  #next = 0;
  #error: TextError | undefined;

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  parse(): ParsedWhen | TextError {
    if (this.#tokens.length === 0) return whole(' ', 'an empty condition');
    const condition = this.#or();
    const rest = this.#peek();
    if (condition !== undefined && rest !== undefined) this.#fail('unexpected', signFor(rest.text));
    return this.#error ?? { condition: condition ?? FALSE, places: this.#places };
  }

  #or(): Condition | undefined {
    return this.#chain('||', 'or', () => this.#and());
  }

  #and(): Condition | undefined {
    return this.#chain('&&', 'and', () => this.#comparison());
  }

  #chain(sign: string, op: 'and' | 'or', operand: () => Condition | undefined) {
    let left = operand();
    while (left !== undefined && this.#take(sign)) {
      const right = operand();
      if (right === undefined) return undefined;
      left = this.#join({ op, left, right });
    }
    return left;
  }

  #comparison(): Condition | undefined {
    const left = this.#unary();
    const op = this.#take('==') ? 'eq' : this.#take('!=') ? 'ne' : undefined;
    if (left === undefined || op === undefined) return left;
    const right = this.#unary();
    if (right === undefined) return undefined;
    if (['==', '!='].includes(this.#peek()?.text ?? '') && this.#peek()?.kind === 'sign') {
      return this.#fail('unexpected', 'join comparisons with &&');
    }
    return this.#join({ op, left, right });
  }

  #unary(): Condition | undefined {
    const sign = this.#peek();
    if (!this.#take('!')) return this.#primary();
    const of = this.#unary();
    if (of === undefined || sign === undefined) return undefined;
    const { offset, length } = this.#placeOf(of);
    return this.#at({ op: 'not', of }, sign.offset, offset + length);
  }

  #primary(): Condition | undefined {
    const token = this.#peek();
    if (token === undefined) return this.#fail('unfinished');
    if (this.#take('(')) {
      const inner = this.#or();
      if (inner === undefined) return undefined;
      return this.#take(')') ? inner : this.#fail('unexpected', 'is a ) missing?');
    }
    const condition = this.#leaf(token);
    if (condition === undefined) return undefined;
    this.#next++;
    return this.#at(condition, token.offset, token.offset + token.length);
  }

  #leaf({ kind, text }: Token): Condition | undefined {
    switch (kind) {
      case 'text':
        return { op: 'literal', value: text };
      case 'number':
        return { op: 'literal', value: Number(text) };
      case 'sign':
        return this.#fail('unexpected');
      case 'name': {
        if (text === 'true' || text === 'false') return { op: 'literal', value: text === 'true' };
        const name = /^(input|fact)s\.([\w-]+)$/.exec(text);
        if (name === null) return this.#fail('unknown name', meant(text));
        return { op: name[1] === 'input' ? 'input' : 'fact', name: name[2] ?? '' };
      }
    }
  }

  #join(condition: Extract<Condition, { left: Condition }>): Condition {
    const right = this.#placeOf(condition.right);
    const start = this.#placeOf(condition.left).offset;
    return this.#at(condition, start, right.offset + right.length);
  }

  #at(condition: Condition, start: number, end: number): Condition {
    this.#places.set(condition, { offset: start, length: end - start });
    return condition;
  }

  #placeOf(condition: Condition): Stretch {
    return this.#places.get(condition) ?? { offset: 0, length: this.#end };
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#next];
  }

  #take(sign: string): boolean {
    const token = this.#peek();
    if (token?.kind !== 'sign' || token.text !== sign) return false;
    this.#next++;
    return true;
  }

  #fail(what: 'unexpected' | 'unfinished' | 'unknown name', hint?: string): Condition | undefined {
    if (this.#error !== undefined) return undefined;
    const token = this.#peek();
    const place = token ?? { offset: Math.max(0, this.#end - 1), length: 1 };
    this.#error = {
      offset: place.offset,
      length: place.length,
      message:
        token === undefined
          ? 'the condition ends too early'
          : what === 'unknown name'
            ? `unknown name ${token.text}`
            : `unexpected ${quote(token.text)} in a condition`,
      ...(hint === undefined ? {} : { hint }),
    };
    return undefined;
  }
}

const FALSE: Condition = { op: 'literal', value: false };

/** What other languages write as a word. */
function signFor(word: string): string | undefined {
  const sign = { and: '&&', or: '||', not: '!' }[word.toLowerCase()];
  return sign === undefined ? undefined : `write ${sign}`;
}

function meant(name: string): string {
  const sign = signFor(name);
  if (sign !== undefined) return sign;
  if (name.includes('.')) return unknownName(name).hint;
  return `write inputs.${name}, or "${name}" if it is a text`;
}

/** A word of a condition. */
export interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'sign';
  /** As written, a text without its quotes. */
  readonly text: string;
  readonly offset: number;
  readonly length: number;
}

const WORDS =
  /\s*(?:(?<name>[A-Za-z_][\w-]*(?:\.[\w-]+)*)|(?<number>-?\d+)|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<sign>==|!=|&&|\|\||[!()]))/y;

/** Splits a condition into words, up to the first thing that is none. */
export function tokensOf(text: string): {
  readonly tokens: readonly Token[];
  readonly error?: TextError;
} {
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    WORDS.lastIndex = at;
    const groups = WORDS.exec(text)?.groups;
    if (groups === undefined) return { tokens, error: strange(text, at) };
    const start = at + (text.slice(at).length - text.slice(at).trimStart().length);
    at = WORDS.lastIndex;
    tokens.push({ ...tokenOf(groups), offset: start, length: at - start });
  }
  return { tokens };
}

function tokenOf(
  groups: Readonly<Record<string, string | undefined>>,
): Pick<Token, 'kind' | 'text'> {
  const { name, number, sign } = groups;
  if (name !== undefined) return { kind: 'name', text: name };
  if (number !== undefined) return { kind: 'number', text: number };
  if (sign !== undefined) return { kind: 'sign', text: sign };
  return { kind: 'text', text: groups.double ?? groups.single ?? '' };
}

const MEANT: Readonly<Record<string, string>> = {
  '=': 'write ==',
  '&': 'write &&',
  '|': 'write ||',
  '<': 'only == and != compare',
  '>': 'only == and != compare',
};

function strange(text: string, at: number): TextError {
  const offset = at + text.slice(at).search(/\S/);
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  if (character === '"' || character === "'") {
    return { offset, length: text.length - offset, message: 'a text without its closing quote' };
  }
  const hint = MEANT[character];
  const error = { offset, length: 1, message: `unexpected ${quote(character)} in a condition` };
  return hint === undefined ? error : { ...error, hint };
}
