/*
 * `npm run docs`: writes the outputs that README.md and docs/ show, as the commands there print them
 * now. With --check it only says which differ. Commands in containers are not run: the container
 * suite compares those, and writes them with UPDATE_DOCS=1.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES, textOf, withOutputs } from './pages.ts';
import { playPage } from './session.ts';

const PROJECT = join(import.meta.dirname, '../..');
const check = process.argv.includes('--check');
const chosen = process.argv.slice(2).filter((word) => !word.startsWith('-'));

for (const page of chosen.length === 0 ? PAGES : chosen) {
  const played = await playPage(page, PROJECT);
  const faulty = played.filter(({ faults }) => faults.length > 0);
  for (const { faults } of faulty) process.stderr.write(`${faults.join('\n\n')}\n\n`);
  if (check) {
    if (faulty.length > 0) process.exitCode = 1;
    continue;
  }
  const text = faulty
    .filter(({ block }) => block.language === 'console')
    .reduce((left, { block, commands }) => withOutputs(left, block, commands), textOf(page));
  if (text !== textOf(page)) writeFileSync(join(PROJECT, page), text);
}
