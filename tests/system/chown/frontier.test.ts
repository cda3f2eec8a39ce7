import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frontier } from '../../../src/system/real/chown/frontier.ts';

/** A directory: how many files it has, and the directories in it. */
interface Directory {
  readonly files: number;
  readonly directories: readonly Directory[];
}

const { tree } = fc.letrec<{ tree: Directory }>((tie) => ({
  tree: fc.record({
    files: fc.nat(5),
    directories: fc.oneof(
      { depthSize: 'small' },
      fc.constant([]),
      fc.array(tie('tree'), { maxLength: 5 }),
    ),
  }),
}));

/** A tree in which each directory holds so many files or, if there are more levels, directories. */
function regular([here = 0, ...below]: readonly number[]): Directory {
  if (below.length === 0) return { files: here, directories: [] };
  return { files: 0, directories: Array.from({ length: here }, () => regular(below)) };
}

function entriesOf({ files, directories }: Directory): number {
  return directories.reduce((sum, each) => sum + 1 + entriesOf(each), files);
}

/** Reads so many directories, or all; returns them. */
function read(frontier: Frontier<Directory>, most = Infinity): Directory[] {
  const done: Directory[] = [];
  while (done.length < most) {
    const next = frontier.next();
    if (next === undefined) break;
    done.push(next);
    frontier.read({
      entries: next.files + next.directories.length,
      directories: next.directories,
    });
  }
  return done;
}

describe('the frontier of a walk', () => {
  it('has every directory once, read or left', () => {
    fc.assert(
      fc.property(tree, fc.nat(20), fc.nat(10), (top, most, sample) => {
        const frontier = new Frontier([top], sample, 1);
        const done = read(frontier, most);
        const left = frontier.rest();
        const others = left.flatMap((each) => read(new Frontier([each], sample, 1)));
        const all = read(new Frontier([top], 0, Infinity));
        expect(new Set([...done, ...others])).toEqual(new Set(all));
        expect(done.length + others.length).toBe(all.length);
        if (left.length === 0) expect(frontier.expected).toBe(0);
      }),
    );
  });

  it.each([[[100, 100, 20]], [[5, 100, 20]], [[300, 2]], [[2, 2, 2, 2, 2, 2]], [[1, 1, 1, 9]]])(
    'knows the size of a regular tree from a few directories: %j',
    (levels) => {
      const top = regular(levels);
      const frontier = new Frontier([top], 8, 1);
      const met = read(frontier, 8).reduce(
        (sum, each) => sum + each.files + each.directories.length,
        0,
      );
      expect(met + frontier.expected - frontier.rest().length).toBe(entriesOf(top));
    },
  );

  it('says nothing from less than a sample, unless that has held plenty', () => {
    const few = new Frontier([regular([100, 20])], 8, 1);
    read(few, 7);
    expect(few.expected).toBe(0);
    const plenty = new Frontier([regular([10, 2000])], 8, 1);
    read(plenty, 2);
    expect(plenty.expected).toBe(18_009);
  });

  it('leaves what lies higher up first', () => {
    const frontier = new Frontier([regular([3, 3, 3])], 4, 1);
    read(frontier, 4);
    const heights = frontier.rest().map((each) => entriesOf(each));
    expect(heights).toEqual([...heights].sort((a, b) => b - a));
  });
});
