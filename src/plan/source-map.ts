/** Maps the values of a plan, by their JSON pointers, to their places in the file. */
import { parentPointer } from './json.ts';
import type { PlanSource, Span } from './plan.ts';

/** A part of the file, as offsets. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where the values of a plan are. */
export type PlanSourceMap = Pick<SourceMap, 'value' | 'key' | 'within' | 'source'>;

/** Where each value of one file, and its key, is in the text. */
export class SourceMap {
  readonly #file: string;
  readonly #text: string;
  readonly #lines: readonly number[];
  readonly #values = new Map<string, Range>();
  readonly #keys = new Map<string, Range>();

  constructor({ file, text }: PlanSource) {
    this.#file = file;
    this.#text = text;
    this.#lines = lineStarts(text);
  }

  set(pointer: string, value: Range, key?: Range): void {
    this.#values.set(pointer, value);
    if (key !== undefined) this.#keys.set(pointer, key);
  }

  /** Where a value is; its key if it is empty, what should hold it if it is missing. */
  value(pointer: string): Span {
    const range = this.#values.get(pointer);
    if (range !== undefined && range.end > range.start) return this.span(range);
    return this.key(pointer);
  }

  /** Where the key of a value is; what holds it if it has none. */
  key(pointer: string): Span {
    const range = this.#keys.get(pointer) ?? this.#values.get(pointer);
    if (range !== undefined) return this.span(range);
    return pointer === '' ? this.span({ start: 0, end: 1 }) : this.key(parentPointer(pointer));
  }

  /** Where a part of a string is; the whole string if escapes or folding shift it. */
  within(pointer: string, text: string, offset: number, length: number): Span {
    const range = this.#values.get(pointer);
    if (range === undefined) return this.value(pointer);
    const start = this.slice(range).indexOf(text);
    if (start === -1 || start > 1) return this.value(pointer);
    const from = range.start + start + offset;
    return this.span({ start: from, end: from + length });
  }

  /** A value as it is written in the file. */
  source(pointer: string): string {
    const range = this.#values.get(pointer);
    return range === undefined ? '' : this.slice(range);
  }

  /** A part of the file. */
  slice(range: Range): string {
    return this.#text.slice(range.start, range.end);
  }

  /** The pointer of the smallest value around an offset. */
  holderOf(offset: number): string {
    let holder = '';
    let size = Infinity;
    for (const [pointer, { start, end }] of this.#values) {
      if (start <= offset && offset < end && end - start < size) {
        holder = pointer;
        size = end - start;
      }
    }
    return holder;
  }

  /** The part of a range that is on its first line. */
  span(range: Range): Span {
    const line = this.#lineOf(range.start);
    const lineStart = this.#lines[line] ?? 0;
    const next = this.#lines[line + 1] ?? this.#text.length + 1;
    const lineEnd = this.#text[next - 2] === '\r' ? next - 2 : next - 1;
    const end = Math.min(range.end, Math.max(lineEnd, range.start));
    const length = this.#text.slice(range.start, end).trimEnd().length;
    const column = range.start - lineStart + 1;
    return { file: this.#file, line: line + 1, column, length: Math.max(1, length) };
  }

  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#lines.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lines[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
