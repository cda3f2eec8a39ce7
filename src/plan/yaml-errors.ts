import type { CST, Document, YAMLError } from 'yaml';
import { at } from './mistake.ts';
import type { Mistake } from './mistake.ts';
import type { Places } from './places.ts';
import { unclosedTokens } from './yaml-tokens.ts';

/** One slip can break every line after it; more than these help nobody. */
const MOST = 10;

/** What YAML itself objects to, in our words where its own are hard to read. */
export function yamlMistakes(
  documents: readonly Document.Parsed[],
  tokens: readonly CST.Token[],
  places: Places,
): Mistake[] {
  const errors = documents.flatMap(({ errors: own, warnings }) => [...own, ...warnings]);
  if (errors.length === 0) return documents.flatMap((each) => versionMistakes(each, places));

  const unclosed = unclosedTokens(tokens);
  const own = unclosed.length === 0 ? errors : errors.filter((error) => !isAboutClosing(error));
  return [
    ...unclosed.map(({ offset, opener }) =>
      at(places.span({ start: offset, end: offset + 1 }), '', {
        message: `this ${opener} is not closed`,
      }),
    ),
    ...own.map((error) => {
      const [start, end] = error.pos;
      return at(places.span({ start, end: Math.max(end, start + 1) }), '', describe(error));
    }),
  ].slice(0, MOST);
}

/** YAML says where it missed the end; where it began helps more. */
function isAboutClosing({ code, message }: YAMLError): boolean {
  return (
    (code === 'MISSING_CHAR' && message.startsWith('Missing closing')) ||
    (code === 'BAD_INDENT' && message.includes('and end with a')) ||
    (code === 'MISSING_CHAR' && message.includes('end with a'))
  );
}

function versionMistakes(document: Document.Parsed, places: Places): Mistake[] {
  const { version, explicit } = document.directives.yaml;
  if (explicit !== true || version === '1.2') return [];
  const message = `YAML ${version} is not supported`;
  return [at(places.key(''), '', { message, hint: 'remove the %YAML line; plans are YAML 1.2' })];
}

function describe({ code, message }: YAMLError): {
  readonly message: string;
  readonly hint?: string;
} {
  switch (code) {
    case 'TAB_AS_INDENT':
      return { message: 'a tab cannot indent', hint: 'use spaces' };
    case 'TAG_RESOLVE_FAILED': {
      const tag = message.replace(/^Unresolved tag: /, '').replace('tag:yaml.org,2002:', '!!');
      return { message: `unknown tag ${tag}`, hint: 'remove it' };
    }
    case 'BLOCK_AS_IMPLICIT_KEY':
      return { message: 'a mapping cannot start here', hint: 'put a text with ": " in quotes' };
    case 'MULTILINE_IMPLICIT_KEY':
      return { message: 'a key goes over several lines', hint: 'is a ":" missing?' };
    case 'BAD_SCALAR_START':
      return { message: lower(message), hint: 'put the text in quotes' };
    default:
      return { message: lower(message.replace(/ in YAML stream/, '')) };
  }
}

function lower(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
