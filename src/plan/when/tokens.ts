import type { TextMistake } from '../template.ts';
import { quote } from '../text.ts';

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
  readonly mistake?: TextMistake;
} {
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    WORDS.lastIndex = at;
    const groups = WORDS.exec(text)?.groups;
    if (groups === undefined) return { tokens, mistake: strange(text, at) };
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

function strange(text: string, at: number): TextMistake {
  const offset = at + text.slice(at).search(/\S/);
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  if (character === '"' || character === "'") {
    return { offset, length: text.length - offset, message: 'a text without its closing quote' };
  }
  const hint = MEANT[character];
  const mistake = { offset, length: 1, message: `unexpected ${quote(character)} in a condition` };
  return hint === undefined ? mistake : { ...mistake, hint };
}
