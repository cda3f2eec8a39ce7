/** Each command of the program in README.md and docs/ is run, and prints what the page shows. */
import { expect, inject, it } from 'vitest';
import { blocksOf, commandsOf, needsContainers, PAGES } from '../../scripts/docs/pages.ts';
import { playPage } from '../../scripts/docs/session.ts';
import { isRoot, NEEDS_ROOT } from '../support/real-root.ts';

const here = PAGES.filter((page) =>
  blocksOf(page).some((block) => commandsOf(block).length > 0 && !needsContainers(block)),
);

it.runIf(isRoot).each(here)(
  '%s: each command does what the page says, and prints it',
  async (page) => {
    const played = await playPage(page, inject('installed'));
    // `npm run docs` writes what the commands print now.
    expect(played.flatMap(({ faults }) => faults).join('\n\n')).toBe('');
  },
);

it.skipIf(isRoot)(`the commands of the pages are run [${NEEDS_ROOT}]`, () => undefined);
