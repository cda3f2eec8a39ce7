/** No command in README.md and docs/ is left out of the tests that run them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blocksOf, commandsOf, PAGES, textOf } from '../../scripts/docs/pages.ts';
import { isNotRun, NOT_RUN } from '../../scripts/docs/session.ts';
import { excerpt, isShown } from '../../scripts/docs/compare.ts';

const CONTAINERS = join(import.meta.dirname, '../containers');
const blocks = PAGES.flatMap((page) => blocksOf(page));
const lines = blocks
  .flatMap(commandsOf)
  .flatMap(({ command }) => command.split('\n'))
  .map((line) => line.trim());

test('what looks like a command stands in a block that is run', () => {
  const known = ['sh', 'console', 'yaml', 'dockerfile', 'ts', 'text', 'json'];
  expect(blocks.filter(({ language }) => !known.includes(language))).toEqual([]);
  const others = blocks.filter((block) => commandsOf(block).length === 0);
  const typed = others.filter(({ text }) =>
    /^(?:\$ |npm |npx |docker |kubectl |podman )/m.test(text),
  );
  expect(typed).toEqual([]);
});

test('each whole command of hermes-boot in a sentence or a table is run in a block, too', () => {
  const run = lines.filter((line) => !isNotRun(line));
  const inText = PAGES.flatMap((page) => [...textOf(page).matchAll(/`hermes-boot ([a-z -]+)`/g)]);
  const commands = inText.map(([, words = '']) => words.split(' '));
  const unrun = commands.filter(
    (words) => !run.some((line) => words.every((word) => line.includes(` ${word}`))),
  );
  expect(commands.length).toBeGreaterThan(20);
  expect(unrun).toEqual([]);
});

test('each line that is not run anywhere has a reason, and each reason a line', () => {
  const reasons = NOT_RUN.filter(([pattern]) => lines.some((line) => pattern.test(line)));
  expect(reasons).toHaveLength(NOT_RUN.length);
  expect(lines.filter(isNotRun).length).toBeLessThan(5);
});

test('the container suite types each page that has commands for it', () => {
  // These two are run on several images, block by block.
  const source = readFileSync(join(CONTAINERS, 'adopting.test.ts'), 'utf8');
  for (const [page, name] of [
    ['docs/adopting.md', 'ADOPTING'],
    ['docs/upgrading.md', 'UPGRADING'],
  ] as const) {
    const marks = blocksOf(page)
      .filter((block) => commandsOf(block).length > 0)
      .map((block) => [...block.marks.keys()][0]);
    expect(marks.length).toBeGreaterThan(2);
    for (const mark of marks) expect(source).toContain(`runBlock(${name}, '${mark ?? 'no mark'}'`);
  }
});

test('an output is compared without what differs in each run, and with what a page leaves out', () => {
  const real = 'ok: booted 3 s ago, 2 changes\n  in 12 ms\npid 31\nend\n';
  expect(isShown('ok: booted just now, 2 changes in 1.5 s\npid 7\nend', real)).toBe(true);
  expect(isShown('ok: booted 3 s ago, 3 changes in 12 ms\npid 31\nend', real)).toBe(false);
  expect(isShown('ok:\n[…]\npid 31\n[…]', real)).toBe(true);
  expect(isShown('[…]\nend', real)).toBe(true);
  expect(isShown('[…]\npid 31', real)).toBe(false);
  expect(isShown('[…]\nend\n[…]\npid 31\n[…]', real)).toBe(false);
});

test('a part of an output is chosen by the names of its paragraphs', () => {
  const output = 'stage2: 2 steps\n\n~ a  x\n    why\n\n= b  y\n\n~ c  z\n';
  expect(excerpt(output, ['stage2', 'c'])).toBe('stage2: 2 steps\n\n[…]\n\n~ c  z');
  expect(() => excerpt(output, ['d'])).toThrow('no paragraph d');
});
