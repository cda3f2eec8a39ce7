/** What an order depends on. */
export interface Ordered {
  readonly id: string;
  readonly needs: readonly string[];
}

/**
 * Puts steps after what they need; of those that could come next the first of the file does.
 * @throws Error when needs go in a circle, which validation has ruled out
 */
export function orderSteps<T extends Ordered>(steps: readonly T[]): T[] {
  const waiting = new Set(steps);
  const done = new Set<string>();
  const ordered: T[] = [];
  while (waiting.size > 0) {
    const next = firstReady(waiting, done);
    if (next === undefined) throw new Error('needs go in a circle');
    waiting.delete(next);
    done.add(next.id);
    ordered.push(next);
  }
  return ordered;
}

function firstReady<T extends Ordered>(
  waiting: ReadonlySet<T>,
  done: ReadonlySet<string>,
): T | undefined {
  for (const step of waiting) if (step.needs.every((need) => done.has(need))) return step;
  return undefined;
}
