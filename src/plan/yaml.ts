import { Composer, Parser, isScalar } from 'yaml';
import type { CST, Document } from 'yaml';
import type { JsonValue } from '../step/step.ts';
import { forbiddenMistakes, replaceForbidden } from './characters.ts';
import { maskTemplates } from './mask.ts';
import { at } from './mistake.ts';
import type { Mistake } from './mistake.ts';
import { Places } from './places.ts';
import type { PlanPlaces } from './places.ts';
import type { PlanSource } from './source.ts';
import { yamlMistakes } from './yaml-errors.ts';
import { isDeeper } from './yaml-tokens.ts';
import { convert } from './yaml-value.ts';

/** A plan file as plain values, and where each of them stands. */
export interface PlanDocument {
  readonly value: JsonValue;
  readonly places: PlanPlaces;
}

/** What reading a file gave: a document unless it is too broken for one, and what is wrong. */
interface ReadYaml {
  readonly document?: PlanDocument;
  readonly mistakes: readonly Mistake[];
}

const LARGEST = 1024 * 1024;
const DEEPEST = 64;

const OPTIONS = {
  version: '1.2',
  schema: 'core',
  prettyErrors: false,
  resolveKnownTags: false,
  // Left to convert, which also says where the first one is.
  uniqueKeys: false,
} as const;

/** Reads the one YAML document of a plan file. Never throws, whatever the text. */
export function readYaml({ file, text: original }: PlanSource): ReadYaml {
  const text = original.startsWith('\ufeff') ? original.slice(1) : original;
  const places = new Places({ file, text });
  const refuse = (message: string, hint?: string): ReadYaml => ({
    mistakes: [at(places.key(''), '', { message, hint })],
  });
  if (Buffer.byteLength(text) > LARGEST) return refuse('the file is larger than 1 MiB');

  const { readable, found } = replaceForbidden(text);
  const tokens: CST.Token[] = [...new Parser().parse(maskTemplates(readable))];
  if (isDeeper(tokens, DEEPEST)) return refuse(`values are nested deeper than ${DEEPEST} levels`);

  const documents = [...new Composer(OPTIONS).compose(tokens, true, text.length)];
  const broken = yamlMistakes(documents, tokens, places);
  if (broken.length > 0) return { mistakes: [...forbiddenMistakes(found, places), ...broken] };
  const [first] = documents;
  if (first === undefined || (documents.length === 1 && isEmpty(first))) {
    return refuse('the file is empty', 'a plan has version, name and steps');
  }
  const { value, mistakes, complete } = convert(first.contents, places);
  const all = [
    ...forbiddenMistakes(found, places),
    ...extraDocuments(documents, places),
    ...mistakes,
  ];
  return complete ? { document: { value, places }, mistakes: all } : { mistakes: all };
}

function isEmpty({ contents }: Document.Parsed): boolean {
  return (
    contents === null ||
    (isScalar(contents) && contents.value === null && contents.range[0] === contents.range[1])
  );
}

function extraDocuments(documents: readonly Document.Parsed[], places: Places): Mistake[] {
  const [, second] = documents;
  if (second === undefined) return [];
  const [start] = second.contents?.range ?? second.range;
  const message = `the file holds ${documents.length} YAML documents`;
  return [
    at(places.span({ start, end: start + 1 }), '', { message, hint: 'a plan is one document' }),
  ];
}
