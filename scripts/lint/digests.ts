/** Digests of source files that change with everything that the types in a file can depend on. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import ts from 'typescript';

interface Source {
  readonly text: string;
  readonly imports: readonly string[];
  /** Whether it adds to the types of files that do not import it. */
  readonly ambient: boolean;
}

/**
 * The digest of each file: over its text, that of all it imports, near or far, that of all files
 * that declare something for everybody, and `common`.
 */
export function digestsOf(files: readonly string[], common: string): Map<string, string> {
  const sources = new Map<string, Source>();
  for (const file of files) readAll(file, sources);
  const ambient = [...sources].filter(([, source]) => source.ambient).map(([path]) => path);
  return new Map(
    files.map((file) => {
      const hash = createHash('sha256').update(common);
      for (const path of closure([file, ...ambient], sources)) {
        hash.update(`\0${path}\0${sources.get(path)?.text ?? ''}`);
      }
      return [file, hash.digest('hex')];
    }),
  );
}

/** Reads a file and all that it imports. One that is missing counts as an empty one. */
function readAll(file: string, into: Map<string, Source>): void {
  if (into.has(file)) return;
  const text = textOf(file);
  const read = ts.preProcessFile(text, true, true);
  const imports = read.importedFiles
    .map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => resolve(dirname(file), name));
  const ambient = /^\s*declare (?:global|module)\b/m.test(text) || file.endsWith('.d.ts');
  into.set(file, { text, imports, ambient });
  for (const path of imports) readAll(path, into);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** These files and all that they import, in an order that depends on nothing else. */
function closure(files: readonly string[], sources: ReadonlyMap<string, Source>): string[] {
  const reached = new Set<string>();
  const waiting = [...files];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    waiting.push(...(sources.get(file)?.imports ?? []));
  }
  return [...reached].sort();
}
