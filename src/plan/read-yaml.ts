/** Reads a plan file as YAML, and turns the errors of YAML into diagnostics. */
import { Composer, Parser, isScalar, type CST, type Document, type YAMLError } from 'yaml';
import type { JsonValue } from '../step/step.ts';
import { at, type PendingDiagnostic } from './diagnostic.ts';
import { forbiddenErrors, maskTemplates, replaceForbidden } from './plan-text.ts';
import type { PlanSource } from './plan.ts';
import { SourceMap, type PlanSourceMap } from './source-map.ts';
import { convert } from './yaml-value.ts';

/** A plan file as plain values, and where each of them stands. */
export interface PlanDocument {
  readonly value: JsonValue;
  readonly sourceMap: PlanSourceMap;
}

/** A document, unless the file is too broken for one, and its errors. */
interface ReadYaml {
  readonly document?: PlanDocument;
  readonly errors: readonly PendingDiagnostic[];
}

const LARGEST = 1024 * 1024;
const DEEPEST = 64;

const OPTIONS = {
  version: '1.2',
  schema: 'core',
  prettyErrors: false,
  resolveKnownTags: false,
  // Checked by `convert`, which also says where the first one is.
  uniqueKeys: false,
} as const;

/** Reads the one YAML document of a plan file. Never throws, whatever the text. */
export function readYaml({ file, text: original }: PlanSource): ReadYaml {
  const text = original.startsWith('\ufeff') ? original.slice(1) : original;
  const sourceMap = new SourceMap({ file, text });
  const refuse = (message: string, hint?: string): ReadYaml => ({
    errors: [at(sourceMap.key(''), '', { message, hint })],
  });
  if (Buffer.byteLength(text) > LARGEST) return refuse('the file is larger than 1 MiB');

  const { readable, found } = replaceForbidden(text);
  const tokens: CST.Token[] = [...new Parser().parse(maskTemplates(readable))];
  if (isDeeper(tokens, DEEPEST)) return refuse(`values are nested deeper than ${DEEPEST} levels`);

  const documents = [...new Composer(OPTIONS).compose(tokens, true, text.length)];
  const broken = yamlErrors(documents, tokens, sourceMap);
  if (broken.length > 0) return { errors: [...forbiddenErrors(found, sourceMap), ...broken] };
  const [first] = documents;
  if (first === undefined || (documents.length === 1 && isEmpty(first))) {
    return refuse('the file is empty', 'a plan has version, name and steps');
  }
  const { value, errors, complete } = convert(first.contents, sourceMap);
  const all = [
    ...forbiddenErrors(found, sourceMap),
    ...extraDocuments(documents, sourceMap),
    ...errors,
  ];
  return complete ? { document: { value, sourceMap }, errors: all } : { errors: all };
}

function isEmpty({ contents }: Document.Parsed): boolean {
  return (
    contents === null ||
    (isScalar(contents) && contents.value === null && contents.range[0] === contents.range[1])
  );
}

function extraDocuments(
  documents: readonly Document.Parsed[],
  sourceMap: SourceMap,
): PendingDiagnostic[] {
  const [, second] = documents;
  if (second === undefined) return [];
  const [start] = second.contents?.range ?? second.range;
  const message = `the file contains ${documents.length} YAML documents`;
  return [
    at(sourceMap.span({ start, end: start + 1 }), '', { message, hint: 'a plan is one document' }),
  ];
}

/** The most errors to report: one typo can break every line after it. */
const MOST = 10;

/** The errors of YAML, reworded where they are hard to read. */
function yamlErrors(
  documents: readonly Document.Parsed[],
  tokens: readonly CST.Token[],
  sourceMap: SourceMap,
): PendingDiagnostic[] {
  const errors = documents.flatMap(({ errors: own, warnings }) => [...own, ...warnings]);
  if (errors.length === 0) return documents.flatMap((each) => versionErrors(each, sourceMap));

  const unclosed = unclosedTokens(tokens);
  const own = unclosed.length === 0 ? errors : errors.filter((error) => !isAboutClosing(error));
  return [
    ...unclosed.map(({ offset, opener }) =>
      at(sourceMap.span({ start: offset, end: offset + 1 }), '', {
        message: `this ${opener} is not closed`,
      }),
    ),
    ...own.map((error) => {
      const [start, end] = error.pos;
      return at(sourceMap.span({ start, end: Math.max(end, start + 1) }), '', describe(error));
    }),
  ].slice(0, MOST);
}

/** YAML reports where an end is missing; where it began helps more. */
function isAboutClosing({ code, message }: YAMLError): boolean {
  return (
    (code === 'MISSING_CHAR' && message.startsWith('Missing closing')) ||
    (code === 'BAD_INDENT' && message.includes('and end with a')) ||
    (code === 'MISSING_CHAR' && message.includes('end with a'))
  );
}

function versionErrors(document: Document.Parsed, sourceMap: SourceMap): PendingDiagnostic[] {
  const { version, explicit } = document.directives.yaml;
  if (explicit !== true || version === '1.2') return [];
  const message = `YAML ${version} is not supported`;
  return [
    at(sourceMap.key(''), '', { message, hint: 'remove the %YAML line; plans are YAML 1.2' }),
  ];
}

function describe({ code, message }: YAMLError): {
  readonly message: string;
  readonly hint?: string;
} {
  switch (code) {
    case 'TAB_AS_INDENT':
      return { message: 'tabs cannot indent', hint: 'use spaces' };
    case 'TAG_RESOLVE_FAILED': {
      const tag = message.replace(/^Unresolved tag: /, '').replace('tag:yaml.org,2002:', '!!');
      return { message: `unknown tag ${tag}`, hint: 'remove it' };
    }
    case 'BLOCK_AS_IMPLICIT_KEY':
      return { message: 'a mapping cannot start here', hint: 'put a string with ": " in quotes' };
    case 'MULTILINE_IMPLICIT_KEY':
      return { message: 'a key spans several lines', hint: 'is a ":" missing?' };
    case 'BAD_SCALAR_START':
      return { message: lower(message), hint: 'put the string in quotes' };
    default:
      return { message: lower(message.replace(/ in YAML stream/, '')) };
  }
}

function lower(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/**
 * Whether values nest deeper than `limit`. Checked before they are composed, which takes a stack
 * frame per level.
 */
function isDeeper(tokens: readonly CST.Token[], limit: number): boolean {
  let level: CST.Token[] = [...tokens];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap(childrenOf);
  }
  return false;
}

function childrenOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [
    ...(key ? [key] : []),
    ...(value ? [value] : []),
  ]);
}

/** A bracket or quote that is not closed. */
interface Unclosed {
  readonly offset: number;
  readonly opener: string;
}

/** The brackets and quotes that are not closed, in the order of the file. */
function unclosedTokens(tokens: readonly CST.Token[]): Unclosed[] {
  return tokens.flatMap((token) => [...openerOf(token), ...unclosedTokens(childrenOf(token))]);
}

function openerOf(token: CST.Token): Unclosed[] {
  switch (token.type) {
    case 'flow-collection':
      return token.end.some(({ type }) => type === 'flow-map-end' || type === 'flow-seq-end')
        ? []
        : [{ offset: token.offset, opener: token.start.source }];
    case 'double-quoted-scalar':
    case 'single-quoted-scalar': {
      const quote = token.source.charAt(0);
      const closed = token.source.length > 1 && token.source.endsWith(quote);
      return closed ? [] : [{ offset: token.offset, opener: quote }];
    }
    default:
      return [];
  }
}
