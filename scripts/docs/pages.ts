/** The pages of the documentation and their code blocks, with what a comment above a block says of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../..');

/** A code block of a page. */
export interface Block {
  readonly page: string;
  /** The line of its fence, from 1. */
  readonly line: number;
  readonly language: string;
  /**
   * What `<!-- key value; key value -->` above it says: `file PATH …` has it written there before the
   * commands of the page run, `exit CODE` is how its last command ends, `shows NAME …` has a part of
   * the output, `quotes FILE` is what it is a part of. Other keys name the block for a test.
   */
  readonly marks: ReadonlyMap<string, string>;
  readonly text: string;
}

/** A command of a block, and the output that the page shows for it. */
export interface Command {
  readonly command: string;
  readonly output: string;
}

/** Paths of all pages, from the root of the project. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(join(PROJECT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
];

/** The text of a page. */
export function textOf(page: string): string {
  return readFileSync(join(PROJECT, page), 'utf8');
}

const BLOCK = /^(?:<!-- ([^\n]*?) -->\n\n)?```(\w*)\n([^]*?)^```$/gm;

/** The code blocks of a page, in their order. */
export function blocksOf(page: string, text = textOf(page)): Block[] {
  return [...text.matchAll(BLOCK)].map(({ index, 1: comment, 2: language = '', 3: code = '' }) => {
    const line = text.slice(0, index).split('\n').length + (comment === undefined ? 0 : 2);
    return { page, line, language, marks: marksIn(comment ?? ''), text: code };
  });
}

function marksIn(comment: string): Map<string, string> {
  const parts = comment.split('; ').filter((part) => part !== '');
  return new Map(
    parts.map((part) => {
      const space = part.indexOf(' ');
      return space < 0 ? [part, ''] : [part.slice(0, space), part.slice(space + 1)];
    }),
  );
}

/** The commands of a block: each `$ ` line of a console with its output, or all of a script at once. */
export function commandsOf({ language, text }: Block): Command[] {
  if (language === 'sh') return [{ command: text.trimEnd(), output: '' }];
  if (language !== 'console') return [];
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = /(?<!\\)\n/.exec(part)?.index ?? part.length;
      return { command: part.slice(0, end), output: part.slice(end + 1).trimEnd() };
    });
}

/** Whether a block runs containers: the others run on this machine. */
export function needsContainers(block: Block): boolean {
  return commandsOf(block).some(({ command }) => /^\s*(?:docker|podman|kubectl) /m.test(command));
}

/** A page with other outputs in one of its console blocks. */
export function withOutputs(text: string, block: Block, commands: readonly Command[]): string {
  const code = commands.map(({ command, output }) => `$ ${command}\n${output}\n`).join('');
  return text.replace(`\`\`\`console\n${block.text}\`\`\``, () => `\`\`\`console\n${code}\`\`\``);
}
