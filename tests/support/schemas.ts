import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';

const DIRECTORY = join(import.meta.dirname, '../../schemas');

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** The names of the schemas that the package has. */
export const SCHEMAS = readdirSync(DIRECTORY).map((file) => file.replace(/\.json$/, ''));

const compiled = new Map<string, ValidateFunction>();

/** A schema of the package. */
export function schemaNamed(name: string): Readonly<Record<string, unknown>> {
  const schema: unknown = JSON.parse(readFileSync(join(DIRECTORY, `${name}.json`), 'utf8'));
  if (typeof schema !== 'object' || schema === null) throw new Error(`${name} is not a schema`);
  return { ...schema };
}

/** What is wrong with a document by a schema of the package, a line each. */
export function faultsOf(name: string, document: unknown): readonly string[] {
  let validate = compiled.get(name);
  if (validate === undefined) {
    const formats = { 'date-time': TIMESTAMP };
    const ajv = new Ajv({ strict: true, allowUnionTypes: true, allErrors: true, formats });
    validate = ajv.compile(schemaNamed(name));
    compiled.set(name, validate);
  }
  if (validate(document)) return [];
  return (validate.errors ?? []).map(({ instancePath, message = '', params }) => {
    return `${name} ${instancePath}: ${message} ${JSON.stringify(params)}`;
  });
}

/** What is wrong with the documents in an output, by the schemas of their types. */
export function faultsIn(output: string): readonly string[] {
  if (output === '') return [];
  return documentsIn(output).flatMap((document) => faultsOf(schemaFor(document), document));
}

/** The schema of a document that was printed: that of its type. */
export function schemaFor(document: unknown): string {
  if (typeof document !== 'object' || document === null) return 'none';
  if ('about' in document) return 'facts';
  const type = 'type' in document ? String(document.type) : 'none';
  return SCHEMAS.includes(type) ? type : 'event';
}

/** The documents in the output of a command: one, or one on each line. */
export function documentsIn(output: string): readonly unknown[] {
  try {
    return [JSON.parse(output)];
  } catch {
    return output
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
  }
}
