import type { DraftText } from '../draft.ts';
import { inValue } from '../mistake.ts';
import type { Mistake } from '../mistake.ts';
import type { Subject } from './subject.ts';

/** A step that needs another, and the entry that says so. */
interface Edge {
  readonly from: string;
  readonly to: string;
  readonly pointer: string;
}

/** Circles of needs, each told once and edge by edge, from its first step in the file. */
export function circleMistakes({ draft, document: { places } }: Subject): Mistake[] {
  const needs = new Map<string, readonly DraftText[]>();
  for (const { id, needs: entries } of draft.steps) {
    if (id !== undefined && !needs.has(id)) needs.set(id, entries);
  }
  const order = [...needs.keys()];
  return circlesIn(needs).flatMap((circle) => {
    const [first, ...rest] = startingFirst(circle, order);
    if (first === undefined) return [];
    const way = [first, ...rest].map(({ from }) => from).join(' -> ');
    return [
      inValue(places, first.pointer, {
        message: `needs go in a circle: ${way} -> ${first.from}`,
        hint: `${first.from} needs ${first.to}`,
        related: rest.map(({ from, to, pointer }) => ({
          at: places.value(pointer),
          message: `${from} needs ${to}`,
        })),
      }),
    ];
  });
}

/**
 * Depth first, in the order of the file, without recursion. Each edge back to a step that is
 * being looked at closes one circle; without these edges there would be none.
 */
function circlesIn(needs: ReadonlyMap<string, readonly DraftText[]>): Edge[][] {
  const circles: Edge[][] = [];
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
        circles.push([...path.slice(since + 1), edge]);
      } else if (since === undefined && !finished.has(edge.to) && needs.has(edge.to)) {
        open.set(edge.to, path.length);
        path.push(edge);
        remaining.push([...(needs.get(edge.to) ?? [])]);
      }
    }
  }
  return circles;
}

function startingFirst(circle: readonly Edge[], order: readonly string[]): readonly Edge[] {
  const ranks = circle.map(({ from }) => order.indexOf(from));
  const first = ranks.indexOf(Math.min(...ranks));
  return [...circle.slice(first), ...circle.slice(0, first)];
}
