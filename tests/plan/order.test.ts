import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderSteps } from '../../src/plan/bind.ts';

interface Ordered {
  readonly id: string;
  readonly needs: readonly string[];
}

/** Steps in a random order of the file, whose needs have no circle. */
const graphs = fc
  .integer({ min: 1, max: 12 })
  .chain((count) =>
    fc.tuple(
      fc.array(fc.array(fc.nat(count), { maxLength: 4 }), { minLength: count, maxLength: count }),
      fc.shuffledSubarray(
        Array.from({ length: count }, (_, index) => index),
        { minLength: count, maxLength: count },
      ),
    ),
  )
  .map(([needs, shuffled]) =>
    shuffled.map((index): Ordered => ({
      id: `s${index}`,
      needs: [...new Set((needs[index] ?? []).filter((need) => need < index))].map((n) => `s${n}`),
    })),
  );

const idsOf = (steps: readonly Ordered[]) => steps.map(({ id }) => id);

describe('the order of steps', () => {
  it('is the order of the file without needs', () => {
    expect(
      idsOf(
        orderSteps([
          { id: 'b', needs: [] },
          { id: 'a', needs: [] },
        ]),
      ),
    ).toEqual(['b', 'a']);
  });

  it('puts a step after those that it needs and moves no other', () => {
    const steps = [
      { id: 'late', needs: ['last'] },
      { id: 'first', needs: [] },
      { id: 'last', needs: [] },
      { id: 'free', needs: [] },
    ];
    expect(idsOf(orderSteps(steps))).toEqual(['first', 'last', 'late', 'free']);
  });

  it('has each step once, after all that it needs', () => {
    fc.assert(
      fc.property(graphs, (steps) => {
        const ordered = orderSteps(steps);
        expect(idsOf(ordered).sort()).toEqual(idsOf(steps).sort());
        ordered.forEach(({ needs }, index) => {
          expect(idsOf(ordered.slice(0, index))).toEqual(expect.arrayContaining([...needs]));
        });
      }),
    );
  });

  it('takes the first of the file of several that could come next', () => {
    fc.assert(
      fc.property(graphs, (steps) => {
        const ordered = orderSteps(steps);
        ordered.forEach((step, index) => {
          const before = new Set(idsOf(ordered.slice(0, index)));
          const ready = steps.find(
            ({ id, needs }) => !before.has(id) && needs.every((need) => before.has(need)),
          );
          expect(step).toBe(ready);
        });
      }),
    );
  });

  it('does not change when it is sorted again', () => {
    fc.assert(
      fc.property(graphs, (steps) => {
        const ordered = orderSteps(steps);
        expect(orderSteps(ordered)).toEqual(ordered);
      }),
    );
  });

  it('throws where there is a cycle of needs', () => {
    expect(() => orderSteps([{ id: 'a', needs: ['a'] }])).toThrow('cycle of needs');
  });
});
