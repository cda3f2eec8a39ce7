/** Every command in README.md and docs/ that takes a container, typed in the order of its page. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  blocksOf,
  commandsOf,
  needsContainers,
  PAGES,
  textOf,
  withOutputs,
} from '../../scripts/docs/pages.ts';
import { play, runCommand } from '../../scripts/docs/session.ts';
import { describeInContainers } from './support/container.ts';
import { TROUBLED } from './support/gateways.ts';
import { desk } from './support/typed.ts';

/** Pages whose blocks have a test of their own, which runs them on more than one image. */
const ELSEWHERE = ['docs/adopting.md', 'docs/upgrading.md'];

const typed = PAGES.filter(
  (page) => !ELSEWHERE.includes(page) && blocksOf(page).some(needsContainers),
);

/** What has a container named hermes running, for the pages that do not start one themselves. */
const START = 'docker run -d --name hermes -v ./data:/opt/data hermes-agent gateway run';
const STARTS = /^docker run -d|^docker compose up|^kubectl apply/m;

/** A page starts up to eight containers, on a machine that has other work, too. */
const LONG = { timeout: 300_000 };

/** How often a command that looks is run again: a gateway takes a moment to come up, or to give up. */
const PATIENCE = 20;

/** Homes of pages that need more than an empty one. */
const HOMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/gateways.md': TROUBLED,
  'docs/security.md': { 'profiles/coder/config.yaml': '{}\n' },
};

/** With UPDATE_DOCS=1 the pages get the outputs that are not as they show them. */
const update = process.env.UPDATE_DOCS === '1';

describeInContainers('the commands in containers that the documentation shows', () => {
  it.each(typed)('do what the page says, with the output that it shows: %s', LONG, async (page) => {
    const here = await desk(HOMES[page]);
    const all = blocksOf(page);
    const needed = all.filter((block) => needsContainers(block) || block.marks.has('file'));
    const commands = needed.flatMap((block) => commandsOf(block).map(({ command }) => command));
    if (!commands.some((command) => STARTS.test(command)))
      expect(await runCommand(START, here)).toEqual({ output: '', code: 0 });
    let text = textOf(page);
    const faults: string[] = [];
    for (const block of needed) {
      here.ready();
      const played = await play(block, here, PATIENCE);
      faults.push(...played.faults);
      if (played.faults.length > 0 && block.language === 'console')
        text = withOutputs(text, block, played.commands);
    }
    if (update) writeFileSync(join(import.meta.dirname, '../..', page), text);
    expect(faults.join('\n\n')).toBe('');
  });
});
