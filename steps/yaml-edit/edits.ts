/** Makes one edit of yaml.edit in a parsed document; what is there already stays as it is. */
import { isMap, isScalar, type Document, type Pair, type YAMLMap } from 'yaml';
import { Problem } from '../../src/errors/problem.ts';
import type { YamlEdit } from './schema.ts';

/**
 * Makes one edit of a document.
 * @returns whether it changed anything
 * @throws Problem when something other than a mapping is in its way
 */
export function applyEdit(document: Document, edit: YamlEdit): boolean {
  if (edit.set !== undefined) return assign(document, edit.set);
  if (edit.default !== undefined) {
    return find(document, edit.default.path) === undefined && assign(document, edit.default);
  }
  if (edit.rename !== undefined) return rename(document, edit.rename.from, edit.rename.to);
  return edit.remove !== undefined && remove(document, edit.remove);
}

interface Place {
  readonly mapping: YAMLMap;
  readonly pair: Pair;
}

function assign(document: Document, { path, value }: NonNullable<YamlEdit['set']>): boolean {
  const mapping = mappingFor(document, path);
  const present = pairOf(mapping, lastOf(path))?.value;
  if (isScalar(present)) {
    if (present.value === value) return false;
    // The scalar carries the comment beside it, so that it is changed and not replaced.
    present.value = value;
  } else mapping.set(lastOf(path), document.createNode(value));
  return true;
}

function rename(document: Document, from: string, to: string): boolean {
  const place = find(document, from);
  if (place === undefined) return false;
  if (find(document, to) !== undefined) return remove(document, from);
  const { mapping, pair } = place;
  const target = mappingFor(document, to);
  // The key carries the comment before it, so that it is renamed and not replaced.
  if (isScalar(pair.key)) pair.key.value = lastOf(to);
  if (target === mapping) return true;
  mapping.items = mapping.items.filter((item) => item !== pair);
  target.add(pair);
  return true;
}

function remove(document: Document, path: string): boolean {
  const place = find(document, path);
  if (place === undefined) return false;
  const { mapping, pair } = place;
  mapping.items = mapping.items.filter((item) => item !== pair);
  return true;
}

/** Where a path leads; undefined where it leads nowhere. */
function find(document: Document, path: string): Place | undefined {
  const keys = path.split('.');
  let node: unknown = document.contents;
  let place: Place | undefined;
  for (const key of keys) {
    if (!isMap(node)) return undefined;
    const pair = pairOf(node, key);
    if (pair === undefined) return undefined;
    place = { mapping: node, pair };
    node = pair.value;
  }
  return place;
}

/** The mapping that holds the last key of a path, made where it is missing. */
function mappingFor(document: Document, path: string): YAMLMap {
  let mapping: unknown = document.contents;
  const parents = path.split('.').slice(0, -1);
  for (const [index, key] of parents.entries()) {
    if (!isMap(mapping)) break;
    const pair = pairOf(mapping, key);
    const value = pair?.value;
    if (isMap(value)) {
      mapping = value;
    } else if (pair === undefined || value === null || (isScalar(value) && value.value === null)) {
      const made = document.createNode({});
      // A comment behind the empty value is about what will be there.
      if (isScalar(value) && typeof value.comment === 'string') made.commentBefore = value.comment;
      mapping.set(key, made);
      mapping = made;
    } else {
      throw inTheWay(parents.slice(0, index + 1).join('.'), path);
    }
  }
  if (isMap(mapping)) return mapping;
  throw inTheWay(parents.join('.'), path);
}

function inTheWay(at: string, path: string): Problem {
  return new Problem({
    found: `${at} holds a value where the edit of ${path} needs a mapping`,
    mend: `change ${at} by hand, or correct the edit in the plan`,
  });
}

function pairOf(mapping: YAMLMap, key: string): Pair | undefined {
  return mapping.items.find((pair) => {
    const name = isScalar(pair.key) ? pair.key.value : pair.key;
    return String(name) === key;
  });
}

function lastOf(path: string): string {
  return path.split('.').at(-1) ?? path;
}
