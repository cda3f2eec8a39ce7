import { isDeepStrictEqual } from 'node:util';
import { isMap, parseDocument, visit, type Document, type ToStringOptions } from 'yaml';
import { Problem } from '../../src/errors/problem.ts';
import { applyEdit } from './edit.ts';
import { bare, mergeLines } from './merge.ts';
import type { Migration } from './schema.ts';
import type { Version } from './version.ts';

/*
 * Everything that needs the YAML parser. Loaded only when there is something to parse.
 */

/** The version of a configuration, read with the parser. */
export function parsedVersion(text: string, key: string): Version {
  const document = parseDocument(text, { prettyErrors: false });
  const reason = whyInvalid(document);
  if (reason !== undefined) return { kind: 'invalid', reason };
  const value = document.get(key);
  if (value === undefined || value === null) return { kind: 'unversioned' };
  const version = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof version === 'number' && Number.isSafeInteger(version) && version >= 0
    ? { kind: 'known', version }
    : { kind: 'invalid', reason: `has a ${key} that is no version` };
}

/**
 * The text of a configuration after its migrations and with their version; comments, order and
 * layout of what they do not speak of stay.
 * @returns undefined for a text that is no YAML mapping
 * @throws Problem when an edit cannot be made
 */
export function migrate(
  text: string,
  migrations: readonly Migration[],
  key: string,
  version: number,
): string | undefined {
  const document = parseDocument(text, { prettyErrors: false });
  if (whyInvalid(document) !== undefined) return undefined;
  for (const { changes } of migrations) {
    for (const edit of changes) applyEdit(document, edit);
  }
  document.set(key, version);
  return print(document, text);
}

function whyInvalid(document: Document): string | undefined {
  const [error] = document.errors;
  if (error !== undefined) return `is no valid YAML (${error.code.toLowerCase()})`;
  return isMap(document.contents) ? undefined : 'is no mapping';
}

/** Prints a document in the layout that its source has. */
function print(document: Document, source: string): string {
  refuseLostAnchors(document);
  const lines = source.split(/\r?\n/);
  const { layout, before } = layoutOf(lines, source);
  const printed = document.toString(layout);
  const merged = mergeLines(lines, before, printed.split('\n')).join('\n');
  const isSame = isDeepStrictEqual(valueOf(merged), document.toJS());
  const text = isSame ? merged : printed;
  return source.includes('\r\n') ? text.replaceAll('\n', '\r\n') : text;
}

function valueOf(text: string): unknown {
  const document = parseDocument(text, { prettyErrors: false });
  return document.errors.length === 0 ? document.toJS() : undefined;
}

function refuseLostAnchors(document: Document): void {
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return;
      throw new Problem({
        found: `an edit takes away the anchor ${alias.source}, which an alias in the file names`,
        mend: 'write the value out where the alias stands',
      });
    },
  });
}

/** The layout in which most lines of a source come out as they went in, and what comes out. */
function layoutOf(
  lines: readonly string[],
  source: string,
): { layout: ToStringOptions; before: readonly string[] } {
  const known = new Set(lines.map(bare));
  const document = parseDocument(source, { prettyErrors: false });
  const rated = LAYOUTS.map((layout) => {
    const before = document.toString(layout).split('\n');
    return { layout, before, changed: before.filter((line) => !known.has(bare(line))).length };
  });
  return rated.reduce((best, other) => (other.changed < best.changed ? other : best));
}

/** What people differ in when they write YAML, as far as whole lines change with it. */
const LAYOUTS: readonly ToStringOptions[] = [2, 4].flatMap((indent) =>
  [true, false].map((indentSeq) => ({ indent, indentSeq, lineWidth: 0 })),
);
