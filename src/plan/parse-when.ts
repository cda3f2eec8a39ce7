/** Parses the text of a `when` into a condition. */
import type { Condition } from './plan.ts';
import { unknownName, type TextError } from './template.ts';
import { quote } from './wanted.ts';

/** A stretch of the text of a condition. */
interface Stretch {
  readonly offset: number;
  readonly length: number;
}

/** A condition, and where each part of it stands in its text. */
export interface ParsedWhen {
  readonly condition: Condition;
  readonly positions: ReadonlyMap<Condition, Stretch>;
}

/** The longest `when`: long enough for any use, and too short to overflow the stack. */
const LONGEST = 500;

/** Parses a `when`, bare or in `${{ }}`. */
export function parseWhen(text: string): ParsedWhen | TextError {
  if (text.length > LONGEST) {
    const message = `a condition longer than ${LONGEST} characters`;
    return { offset: 0, length: text.length, message };
  }
  const wrapped = /^(\s*\$\{\{)([^]*)\}\}\s*$/.exec(text);
  const inner = wrapped?.[2] ?? text;
  const start = wrapped?.[1]?.length ?? 0;
  try {
    return new Parser(tokensOf(inner, start), start, start + inner.trimEnd().length).parse();
  } catch (error) {
    if (error instanceof WhenError) return error.found;
    throw error;
  }
}

/** Ends the parsing of a condition. */
class WhenError extends Error {
  readonly found: TextError;

  constructor({ offset, length }: Stretch, message: string, hint?: string) {
    super(message);
    this.found = { offset, length, message, ...(hint === undefined ? {} : { hint }) };
  }
}

/** A recursive descent parser. */
class Parser {
  readonly #tokens: readonly Token[];
  readonly #start: number;
  readonly #end: number;
  readonly #positions = new Map<Condition, Stretch>();
  #next = 0;

  constructor(tokens: readonly Token[], start: number, end: number) {
    this.#tokens = tokens;
    this.#start = start;
    this.#end = end;
  }

  /** @throws WhenError */
  parse(): ParsedWhen {
    if (this.#tokens.length === 0) {
      throw new WhenError({ offset: this.#start, length: 1 }, 'an empty condition');
    }
    const condition = this.#or();
    const rest = this.#peek();
    if (rest !== undefined) throw this.#unexpected(signFor(rest.text));
    return { condition, positions: this.#positions };
  }

  #or(): Condition {
    return this.#chain('||', 'or', () => this.#and());
  }

  #and(): Condition {
    return this.#chain('&&', 'and', () => this.#comparison());
  }

  #chain(sign: string, op: 'and' | 'or', operand: () => Condition): Condition {
    let left = operand();
    while (this.#take(sign)) left = this.#join({ op, left, right: operand() });
    return left;
  }

  #comparison(): Condition {
    const left = this.#unary();
    const op = this.#take('==') ? 'eq' : this.#take('!=') ? 'ne' : undefined;
    if (op === undefined) return left;
    const right = this.#unary();
    const next = this.#peek();
    if (next?.kind === 'sign' && ['==', '!='].includes(next.text)) {
      throw this.#unexpected('join comparisons with &&');
    }
    return this.#join({ op, left, right });
  }

  #unary(): Condition {
    const sign = this.#peek();
    if (sign === undefined || !this.#take('!')) return this.#primary();
    const of = this.#unary();
    const { offset, length } = this.#positionOf(of);
    return this.#at({ op: 'not', of }, sign.offset, offset + length);
  }

  #primary(): Condition {
    if (this.#take('(')) {
      const inner = this.#or();
      if (!this.#take(')')) throw this.#unexpected('is a ) missing?');
      return inner;
    }
    const token = this.#peek();
    if (token === undefined || token.kind === 'sign') throw this.#unexpected();
    const condition = leafOf(token);
    this.#next++;
    return this.#at(condition, token.offset, token.offset + token.length);
  }

  #join(condition: Extract<Condition, { left: Condition }>): Condition {
    const right = this.#positionOf(condition.right);
    const start = this.#positionOf(condition.left).offset;
    return this.#at(condition, start, right.offset + right.length);
  }

  #at(condition: Condition, start: number, end: number): Condition {
    this.#positions.set(condition, { offset: start, length: end - start });
    return condition;
  }

  #positionOf(condition: Condition): Stretch {
    return this.#positions.get(condition) ?? { offset: 0, length: this.#end };
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

  #unexpected(hint?: string): WhenError {
    const token = this.#peek();
    if (token !== undefined) {
      return new WhenError(token, `unexpected ${quote(token.text)} in a condition`, hint);
    }
    const last = { offset: Math.max(0, this.#end - 1), length: 1 };
    return new WhenError(last, 'incomplete condition', hint);
  }
}

function leafOf(token: Token): Condition {
  const { kind, text } = token;
  if (kind === 'string') return { op: 'literal', value: text };
  if (kind === 'number') return { op: 'literal', value: Number(text) };
  if (text === 'true' || text === 'false') return { op: 'literal', value: text === 'true' };
  const name = /^(input|fact)s\.([\w-]+)$/.exec(text);
  if (name === null) throw new WhenError(token, `unknown name ${text}`, meant(text));
  return { op: name[1] === 'input' ? 'input' : 'fact', name: name[2] ?? '' };
}

/** What other languages write as a word. */
function signFor(word: string): string | undefined {
  const sign = { and: '&&', or: '||', not: '!' }[word.toLowerCase()];
  return sign === undefined ? undefined : `write ${sign}`;
}

function meant(name: string): string {
  const sign = signFor(name);
  if (sign !== undefined) return sign;
  if (name.includes('.')) return unknownName(name).hint;
  return `write inputs.${name}, or "${name}" if it is a string`;
}

interface Token extends Stretch {
  readonly kind: 'name' | 'string' | 'number' | 'sign';
  /** As written, a string without its quotes. */
  readonly text: string;
}

const TOKENS =
  /\s*(?:(?<name>[A-Za-z_][\w-]*(?:\.[\w-]+)*)|(?<number>-?\d+)|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<sign>==|!=|&&|\|\||[!()]))/y;

/**
 * Splits a condition into tokens.
 * @param start what is added to their offsets
 */
function tokensOf(text: string, start: number): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; text.slice(at).trim() !== ''; at = TOKENS.lastIndex) {
    const offset = at + text.slice(at).search(/\S/);
    TOKENS.lastIndex = at;
    const groups = TOKENS.exec(text)?.groups;
    if (groups === undefined) throw unexpectedCharacter(text.slice(offset), start + offset);
    tokens.push({ ...tokenOf(groups), offset: start + offset, length: TOKENS.lastIndex - offset });
  }
  return tokens;
}

function tokenOf(
  groups: Readonly<Record<string, string | undefined>>,
): Pick<Token, 'kind' | 'text'> {
  const { name, number, sign } = groups;
  if (name !== undefined) return { kind: 'name', text: name };
  if (number !== undefined) return { kind: 'number', text: number };
  if (sign !== undefined) return { kind: 'sign', text: sign };
  return { kind: 'string', text: groups.double ?? groups.single ?? '' };
}

const MEANT: Readonly<Record<string, string>> = {
  '=': 'write ==',
  '&': 'write &&',
  '|': 'write ||',
  '<': 'compare with == or !=',
  '>': 'compare with == or !=',
};

function unexpectedCharacter(rest: string, offset: number): WhenError {
  const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  if (character === '"' || character === "'") {
    return new WhenError({ offset, length: rest.length }, 'missing closing quote');
  }
  const message = `unexpected ${quote(character)} in a condition`;
  return new WhenError({ offset, length: 1 }, message, MEANT[character]);
}
