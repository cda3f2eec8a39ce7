/** Parses a YAML text that has to be a mapping. The parser is loaded only where it is asked for. */
import type { Document } from 'yaml';

/** What a text holds; `reason` is the end of a sentence. */
type Parsed =
  | { readonly kind: 'mapping'; readonly document: Document }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Loads the parser of mappings. */
export async function mappingParser(): Promise<(source: string) => Parsed> {
  const { isMap, parseDocument } = await import('yaml');
  return (source) => {
    const document = parseDocument(source, { prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) {
      // Its own words may quote the text, which may hold secrets.
      const line = source.slice(0, error.pos[0]).split('\n').length;
      const what = error.code.toLowerCase().replaceAll('_', ' ');
      return { kind: 'invalid', reason: `is not valid YAML: line ${line}, ${what}` };
    }
    if (!isMap(document.contents)) return { kind: 'invalid', reason: 'is not a mapping' };
    return { kind: 'mapping', document };
  };
}
