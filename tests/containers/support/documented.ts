/** Reads the marked blocks of the documents, and runs their commands as they stand there. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { ENGINE, type Ended } from './engine.ts';

const DOCS = join(import.meta.dirname, '../../../docs');

/** Names in a document, and what a test has in their place. */
export type Names = Readonly<Record<string, string>>;

/** A text of docs/. */
function document(name: string): string {
  return readFileSync(join(DOCS, name), 'utf8');
}

/** The code of the block that stands below `<!-- MARK -->`, with the names of images and containers swapped. */
export function block(name: string, mark: string, names: Names): string {
  const found = new RegExp(`<!-- ${mark} -->\\n\\n\`\`\`[a-z]+\\n([^]*?)\`\`\``).exec(
    document(name),
  );
  if (found?.[1] === undefined) throw new Error(`docs/${name} has no block <!-- ${mark} -->`);
  // A name is a whole word: `hermes` is none in `hermes-data`.
  return Object.entries(names).reduce(
    (text, [from, to]) =>
      text.replace(new RegExp(`(?<![\\w./-])${from}(?![\\w./-])`, 'g'), () => to),
    found[1],
  );
}

/** `docker`, as this machine has it; without a network, since machines of tests have none to give. */
const DOCKER = `docker() {
  case $1 in
    run) shift; command ${ENGINE} run --network none "$@" ;;
    *) command ${ENGINE} "$@" ;;
  esac
}
set -e
`;

/** Runs the commands of a block with a shell. */
export async function runBlock(name: string, mark: string, names: Names): Promise<Ended> {
  const script = `${DOCKER}${block(name, mark, names)}`;
  const { exitCode, stdout, stderr } = await execa('bash', ['-c', `set -o pipefail\n${script}`], {
    env: { CONTAINERS_CONF: join(import.meta.dirname, 'containers.conf') },
    reject: false,
    stdin: 'ignore',
    timeout: 120_000,
  });
  return { code: exitCode ?? -1, stdout, stderr };
}
