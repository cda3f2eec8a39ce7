/** Writes the map into docs/security.md, between two marks, and takes it out of there. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import type { Row } from './map-rows.ts';
import { REASONS } from './reasons.ts';

const PAGE = join(import.meta.dirname, '../../../../docs/security.md');
const BEGIN = '<!-- map: made by the tests in containers, with UPDATE_MAP=1 -->';
const END = '<!-- end of the map -->';

/** The map as Markdown: a table for each part of the container, and the reasons. */
export async function mapText(rows: readonly Row[]): Promise<string> {
  const actors = [...new Set(rows.map(({ actor }) => actor))];
  const tables = actors.map((actor) => {
    const lines = rows
      .filter((row) => row.actor === actor)
      .map(({ deeds, path, reasons }) => {
        return `| ${deeds.join(', ')} | \`${path}\` | ${reasons.join(', ') || '–'} |`;
      });
    const head = ['| root …', 'path', 'the account can write there |'].join(' | ');
    return [`### ${actor}`, '', head, '| --- | --- | --- |', ...lines].join('\n');
  });
  const reasons = REASONS.map(({ name, text }) => `- **${name}**: ${text}`).join('\n');
  const all = [...tables, '### Where the account can write, and why it gains nothing', reasons];
  return format(all.join('\n\n'), { parser: 'markdown', proseWrap: 'preserve' });
}

/** The map as the page has it. */
export function mapOnPage(): string {
  const { map } = parts();
  return `${map.trim()}\n`;
}

/** What a map says, a line for each act on a kind of path: all of it, and without the act. */
export function claimsOf(map: string): { readonly acts: Set<string>; readonly paths: Set<string> } {
  const acts = new Set<string>();
  const paths = new Set<string>();
  let part = '';
  for (const line of map.split('\n')) {
    if (line.startsWith('### ')) part = line.slice(4);
    const [, deeds, path, who] = line.split('|').map((cell) => cell.trim());
    if (deeds === undefined || path?.startsWith('`') !== true) continue;
    paths.add(`${part} | ${path}`);
    for (const deed of deeds.split(', ')) acts.add(`${part} ${deed} ${path} | ${who ?? ''}`);
  }
  return { acts, paths };
}

/** Puts another map into the page. */
export function replaceMap(text: string): void {
  const { before, after } = parts();
  writeFileSync(PAGE, `${before}${BEGIN}\n\n${text.trim()}\n\n${END}${after}`);
}

function parts(): { before: string; map: string; after: string } {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const [map, after] = rest?.split(END) ?? [];
  if (before === undefined || map === undefined || after === undefined) {
    throw new Error(`${PAGE} lacks the marks of the map`);
  }
  return { before, map, after };
}
