import { posix } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { join, nameOf, normalise, parentOf } from '../../src/system/path.ts';

const paths = fc
  .array(fc.constantFrom('/', '/', 'a', 'bc', '.', '..'), { maxLength: 8 })
  .map((parts) => parts.join(''));

test('parents, names and paths of names in a directory are those of POSIX, however odd', () => {
  fc.assert(
    fc.property(paths, paths, (path, name) => {
      expect(parentOf(path)).toBe(posix.dirname(path));
      expect(nameOf(path)).toBe(posix.basename(path));
      expect(join(normalise(path), name)).toBe(posix.join(normalise(path), name));
    }),
    { numRuns: 1000 },
  );
});
