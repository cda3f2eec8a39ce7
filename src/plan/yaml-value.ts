/** Turns the nodes of a YAML document into plain values, with a source map. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type Pair,
  type ParsedNode,
  type YAMLMap,
} from 'yaml';
import type { JsonValue } from '../step/step.ts';
import { showCount } from '../text/phrases.ts';
import { at, inValue, type PendingDiagnostic } from './diagnostic.ts';
import { pointerTo } from './json.ts';
import { didYouMean } from './nearest.ts';
import { unmaskTemplates } from './plan-text.ts';
import type { SourceMap, Range } from './source-map.ts';
import { quote } from './wanted.ts';

/** The value of a YAML document. */
interface Converted {
  readonly value: JsonValue;
  readonly errors: readonly PendingDiagnostic[];
  /** False where the conversion ended early. */
  readonly complete: boolean;
}

const MOST_VALUES = 10_000;
const DEEPEST = 64;

/** Turns YAML nodes into plain values, and adds to `sourceMap` where each of them is. */
export function convert(node: ParsedNode | null, sourceMap: SourceMap): Converted {
  const conversion = new Conversion(sourceMap);
  const value = conversion.value(node, '', 0);
  return { value, errors: conversion.errors, complete: conversion.complete };
}

class Conversion {
  readonly errors: PendingDiagnostic[] = [];
  complete = true;
  readonly #sourceMap: SourceMap;
  readonly #anchors = new Map<string, Exclude<ParsedNode, Alias.Parsed>>();
  #values = 0;
  #aliases = 0;

  constructor(sourceMap: SourceMap) {
    this.#sourceMap = sourceMap;
  }

  value(node: ParsedNode | null, pointer: string, depth: number, key?: Range): JsonValue {
    if (node === null || !this.#mayGoOn(depth)) return null;
    this.#sourceMap.set(pointer, rangeOf(node), key);
    return isAlias(node) ? this.#alias(node, pointer, depth) : this.#content(node, pointer, depth);
  }

  #content(node: Exclude<ParsedNode, Alias.Parsed>, pointer: string, depth: number): JsonValue {
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isScalar(node)) return this.#scalar(node.value, pointer);
    if (isSeq(node)) {
      return node.items.map((item, index) =>
        this.value(item, pointerTo(pointer, index), depth + 1),
      );
    }
    return isMap(node) ? this.#mapping(node, pointer, depth) : null;
  }

  #mayGoOn(depth: number): boolean {
    if (this.#values++ < MOST_VALUES && depth <= DEEPEST) return true;
    if (this.complete) {
      const message =
        depth > DEEPEST
          ? `values are nested deeper than ${DEEPEST} levels`
          : `the file contains more than ${showCount(MOST_VALUES)} values`;
      const hint = this.#aliases > 0 ? 'aliases multiply what they refer to' : undefined;
      this.errors.push(inValue(this.#sourceMap, '', { message, hint }));
    }
    this.complete = false;
    return false;
  }

  #scalar(value: unknown, pointer: string): JsonValue {
    if (typeof value === 'string') {
      const text = unmaskTemplates(value);
      if (text.includes('\0')) {
        const hint = 'no path, name or argument can contain one';
        this.errors.push(
          inValue(this.#sourceMap, pointer, { message: 'NUL byte in a string', hint }),
        );
      }
      return text;
    }
    return typeof value === 'number' || typeof value === 'boolean' ? value : null;
  }

  #alias(node: Alias.Parsed, pointer: string, depth: number): JsonValue {
    const name = node.source;
    const target = this.#anchors.get(name);
    if (target === undefined) {
      const hint = didYouMean(name, this.#anchors.keys());
      const message = `alias *${name} has no anchor &${name} before it`;
      this.errors.push(inValue(this.#sourceMap, pointer, { message, hint }));
      return null;
    }
    if (isInside(node, target)) {
      const message = `alias *${name} refers to something that contains it`;
      this.errors.push(inValue(this.#sourceMap, pointer, { message }));
      return null;
    }
    this.#aliases++;
    return this.#content(target, pointer, depth);
  }

  #mapping(node: YAMLMap.Parsed, pointer: string, depth: number): JsonValue {
    const entries = new Map<string, JsonValue>();
    const keys = new Map<string, Range>();
    for (const pair of node.items) {
      const key = this.#key(pair, pointer);
      if (key === undefined) continue;
      const range = rangeOf(pair.key);
      const first = keys.get(key);
      if (first !== undefined) {
        const related = [{ at: this.#sourceMap.span(first), message: 'the first one is here' }];
        const message = `duplicate key ${quote(key)}`;
        this.errors.push(
          at(this.#sourceMap.span(range), pointerTo(pointer, `:${range.start}`), {
            message,
            related,
          }),
        );
        continue;
      }
      keys.set(key, range);
      entries.set(key, this.value(pair.value, pointerTo(pointer, key), depth + 1, range));
    }
    // As own properties even under a name such as `constructor`.
    return Object.fromEntries(entries);
  }

  /** The key of a pair; undefined, and reported, where a plan cannot have such a key. */
  #key({ key }: Pair<ParsedNode, ParsedNode | null>, pointer: string): string | undefined {
    const range = rangeOf(key);
    const span = this.#sourceMap.span({
      start: range.start,
      end: Math.max(range.end, range.start + 1),
    });
    const refuse = (message: string, hint?: string): string | undefined => {
      this.errors.push(at(span, pointerTo(pointer, `:${range.start}`), { message, hint }));
      return undefined;
    };
    if (!isScalar(key)) return refuse('a key that is not a string');
    if (key.value === null) return refuse('a key is missing before ":"');
    if (typeof key.value !== 'string') {
      const written = this.#sourceMap.slice(range);
      return refuse(`the key ${written} is not a string`, `write it quoted: "${written}"`);
    }
    if (key.value === '<<' && key.type === 'PLAIN') {
      return refuse('merge key << is not supported', 'write the keys out');
    }
    if (key.value === '__proto__') return refuse('unknown key "__proto__"', 'remove it');
    return unmaskTemplates(key.value);
  }
}

function rangeOf(node: ParsedNode): Range {
  const [start, end] = node.range;
  return { start, end };
}

function isInside(node: ParsedNode, target: ParsedNode): boolean {
  return node.range[0] >= target.range[0] && node.range[1] <= target.range[1];
}
