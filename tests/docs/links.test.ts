/** Links between the pages lead to files and headings that exist. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it, test } from 'vitest';
import { PAGES, textOf } from '../../scripts/docs/pages.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Links of a text, without those in code. */
function linksIn(text: string): string[] {
  const prose = text.replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The anchor that GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

function anchorsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8').replace(/^```[^]*?^```$/gm, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

function isBroken(page: string, link: string): boolean {
  if (/^https?:/.test(link)) return false;
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? join(ROOT, page) : join(ROOT, dirname(page), file);
  if (!existsSync(path)) return true;
  return anchor !== undefined && !anchorsOf(path).includes(anchor);
}

it.each([...PAGES, 'CONTRIBUTING.md', 'CHANGELOG.md'])(
  '%s has no link that leads nowhere',
  (page) => {
    const links = linksIn(readFileSync(join(ROOT, page), 'utf8'));
    expect(links.filter((link) => isBroken(page, link))).toEqual([]);
  },
);

test('a link to a heading or a file that is not there is found', () => {
  expect(isBroken('README.md', 'docs/run.md#stop')).toBe(false);
  expect(isBroken('README.md', 'docs/run.md#nowhere')).toBe(true);
  expect(isBroken('docs/run.md', '../nowhere.md')).toBe(true);
});

test('the README has at most 150 lines, and leads to every page', () => {
  const readme = textOf('README.md');
  expect(readme.split('\n').length - 1).toBeLessThanOrEqual(150);
  const targets = linksIn(readme).map(normalize);
  const pages = PAGES.filter((page) => page !== 'README.md');
  expect(pages.filter((page) => !targets.includes(page))).toEqual([]);
});
