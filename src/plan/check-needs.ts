/** Checks the ids of steps and what they need: duplicates, unknown steps and cycles. */
import { inValue, type PendingDiagnostic } from './diagnostic.ts';
import type { DraftText, Subject } from './draft.ts';
import { didYouMean } from './nearest.ts';
import { quote } from './wanted.ts';

/** Steps with the id of a step before them. */
export function checkIds({ draft, document: { sourceMap } }: Subject): PendingDiagnostic[] {
  const first = new Map<string, string>();
  return draft.steps.flatMap(({ id, pointer }) => {
    if (id === undefined) return [];
    const place = `${pointer}/id`;
    const before = first.get(id);
    if (before === undefined) {
      first.set(id, place);
      return [];
    }
    const related = [{ at: sourceMap.value(before), message: 'the first one is here' }];
    return [inValue(sourceMap, place, { message: `duplicate step id ${quote(id)}`, related })];
  });
}

/** Steps in `needs` and `before` that do not exist, or are the step itself. */
export function checkNeeds({ draft, document: { sourceMap } }: Subject): PendingDiagnostic[] {
  const ids = new Set(draft.steps.flatMap(({ id }) => id ?? []));
  const check = (
    key: 'needs' | 'before',
    id: string | undefined,
    { pointer, text }: DraftText,
  ): PendingDiagnostic[] => {
    if (text === id) {
      const message = key === 'needs' ? 'needs itself' : 'comes before itself';
      return [inValue(sourceMap, pointer, { message, hint: 'remove it' })];
    }
    if (ids.has(text)) return [];
    const others = [...ids].filter((known) => known !== id);
    const message = `unknown step ${quote(text)} in ${key}`;
    return [inValue(sourceMap, pointer, { message, hint: didYouMean(text, others) })];
  };
  return draft.steps.flatMap(({ id, needs, before }) => [
    ...before.flatMap((text) => check('before', id, text)),
    ...needs.flatMap((text) => check('needs', id, text)),
  ]);
}

/** A step that needs another, and the entry that says so. */
interface Edge {
  readonly from: string;
  readonly to: string;
  readonly pointer: string;
}

/** A cycle of so many edges is shown whole. */
const SHORT = 4;

/**
 * Cycles of needs, each reported once, edge by edge, from its first step in the file. Of a long one that
 * goes mostly through one file, what other files add is shown: a fragment closes what is right without it.
 */
export function checkCycles({ draft, document: { sourceMap } }: Subject): PendingDiagnostic[] {
  const needs = new Map<string, readonly DraftText[]>();
  for (const { id, needs: entries } of draft.steps) {
    if (id !== undefined && !needs.has(id)) needs.set(id, entries);
  }
  const order = [...needs.keys()];
  const fileOf = ({ pointer }: Edge): string => sourceMap.value(pointer).file;
  const reported = new Set<string>();
  return cyclesIn(needs).flatMap((cycle) => {
    const most = cycle.length > SHORT ? inMost(cycle.map(fileOf)) : undefined;
    const added = cycle.filter((edge) => most !== undefined && fileOf(edge) !== most);
    const shown = added.length === 0 ? cycle : added;
    const ordered = startingAt(cycle, added[0] ?? earliest(cycle, order));
    const [first, ...rest] = ordered.filter((edge) => shown.includes(edge));
    const key = shown.map(({ pointer }) => pointer).join(' ');
    if (first === undefined || reported.has(key)) return [];
    reported.add(key);
    const way = ordered.map(({ from }) => from).join(' -> ');
    return [
      inValue(sourceMap, first.pointer, {
        message: `cycle of needs: ${way} -> ${first.from}`,
        hint: `${first.from} needs ${first.to}`,
        related: rest.map(({ from, to, pointer }) => ({
          at: sourceMap.value(pointer),
          message: `${from} needs ${to}`,
        })),
      }),
    ];
  });
}

/** The word that more than half of some words are. */
function inMost(words: readonly string[]): string | undefined {
  return words.find((word) => 2 * words.filter((other) => other === word).length > words.length);
}

/**
 * Depth first, in the order of the file, without recursion. Each edge back to a step on the path
 * closes one cycle; without these edges there would be none.
 */
function cyclesIn(needs: ReadonlyMap<string, readonly DraftText[]>): Edge[][] {
  const cycles: Edge[][] = [];
  const finished = new Set<string>();
  for (const start of needs.keys()) {
    const path: Edge[] = [{ from: '', to: start, pointer: '' }];
    const remaining = [[...(needs.get(start) ?? [])]];
    const open = new Map([[start, 0]]);
    while (!finished.has(start)) {
      const at = path.at(-1)?.to ?? start;
      const next = remaining.at(-1)?.shift();
      if (next === undefined) {
        finished.add(at);
        open.delete(at);
        path.pop();
        remaining.pop();
        continue;
      }
      const edge = { from: at, to: next.text, pointer: next.pointer };
      const since = open.get(edge.to);
      if (since !== undefined && edge.to !== at) {
        cycles.push([...path.slice(since + 1), edge]);
      } else if (since === undefined && !finished.has(edge.to) && needs.has(edge.to)) {
        open.set(edge.to, path.length);
        path.push(edge);
        remaining.push([...(needs.get(edge.to) ?? [])]);
      }
    }
  }
  return cycles;
}

/** The edge of a cycle from the step that comes first in an order. */
function earliest(cycle: readonly Edge[], order: readonly string[]): Edge | undefined {
  return cycle.toSorted((a, b) => order.indexOf(a.from) - order.indexOf(b.from))[0];
}

function startingAt(cycle: readonly Edge[], edge: Edge | undefined): readonly Edge[] {
  const at = edge === undefined ? 0 : cycle.indexOf(edge);
  return [...cycle.slice(at), ...cycle.slice(0, at)];
}
