/** Reads JSON objects that others write, of whose fields nothing is known. */

/** The fields of a value that is an object; undefined for anything else. */
export function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map<string, unknown>(Object.entries(value));
}

/** The fields of the JSON object that a text is; undefined for anything else. */
export function parseObject(text: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return fieldsOf(value);
  } catch (error) {
    // What is wrong with it is not told: the message of the error quotes the text.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
