import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byCodePoint } from '../../../steps/skills-sync/find-skills.ts';

const characters = fc.constantFrom('a', 'b', '\u00e9', '\ud7ff', '\ue000', '\uffff', '\u{1f600}');

test('sorts as the bytes of UTF-8 do', () => {
  fc.assert(
    fc.property(fc.array(fc.array(characters)), (texts) => {
      const names = texts.map((text) => text.join(''));
      const bytes = names.map((name) => Buffer.from(name)).sort((a, b) => Buffer.compare(a, b));
      expect(names.sort(byCodePoint)).toEqual(bytes.map(String));
    }),
  );
});
