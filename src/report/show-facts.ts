/** Facts for people, facts documents as readable JSON, and the banner of a plan from facts. */
import type { FactsDocument } from '../engine/facts-document.ts';
import { type Facts, hasEveryId, showIds, type KnownIds } from '../step/facts.ts';
import { printable } from '../text/printable.ts';
import type { Paint } from './paint.ts';
import { pad, wrap } from './wrap.ts';

/** Deeper mappings get one line each, so that a document can be read before it is sent. */
const OPEN = 3;

/** A facts document as text: one line for each path that a plan has asked for. */
export function writeFacts(document: unknown): string {
  return `${write(document, 0)}\n`;
}

function write(value: unknown, depth: number): string {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = isMapping
    ? Object.entries(value).filter(([, item]: [string, unknown]) => item !== undefined)
    : [];
  if (!isMapping || depth >= OPEN || entries.length === 0) return JSON.stringify(value);
  const indent = '  '.repeat(depth + 1);
  const lines = entries.map(
    ([key, item]: [string, unknown]) =>
      `${indent}${JSON.stringify(key)}: ${write(item, depth + 1)}`,
  );
  return `{\n${lines.join(',\n')}\n${'  '.repeat(depth)}}`;
}

/**
 * The facts of a process for people, one line each.
 * @param written the facts as a document has them, so that none is forgotten here
 */
export function renderFacts(written: unknown, { ids }: Pick<Facts, 'ids'>): string {
  if (typeof written !== 'object' || written === null) return '';
  const shown = Object.entries(written).map(([name, value]: [string, unknown]) => {
    const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return [words, name === 'ids' ? showKnown(ids) : showFact(value)] as const;
  });
  const width = Math.max(...shown.map(([name]) => name.length));
  const lines = shown.flatMap(([name, value]) => wrap(`${pad(name, width)}  `, value, width + 2));
  return `${lines.join('\n')}\n`;
}

function showKnown(ids: KnownIds): string {
  return hasEveryId(ids) ? 'all' : `users ${showIds(ids.users)}; groups ${showIds(ids.groups)}`;
}

function showFact(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : printable(value.join(' '));
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}

/** The line above a plan for another machine. */
export function factsBanner({ taken, by }: FactsDocument, paint: Paint): string {
  const line = `Planned from facts of ${printable(taken)}, taken by hermes-boot ${printable(by)}.`;
  return `${wrap('', line, 2).map(paint.faint).join('\n')}\n`;
}
