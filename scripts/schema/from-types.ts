/**
 * Makes JSON Schemas (draft-07) of TypeScript types: one source for what the program prints and for
 * what its readers may expect. The comment of a property is its description, and has to be there.
 *
 * Times in milliseconds have fractions; every other number is whole. `@format` and `@pattern` at the
 * end of a comment are those keywords of the schema; on an alias of `string` they hold wherever it is
 * used.
 */
import ts from 'typescript';
import { comment, hintsOf, type Hints } from './comments.ts';

/** A schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

/** What a schema is made in. */
interface Making {
  readonly checker: ts.TypeChecker;
  /** The types that have a name, each once. */
  readonly definitions: Map<string, Schema>;
  readonly names: Map<string, ts.Type>;
  /** Properties without a comment, each with its file. */
  readonly bare: Set<string>;
}

/** A property of an interface, made a schema of its own. */
export interface Described {
  readonly name: string;
  readonly description: string;
  readonly schema: Schema;
  readonly definitions: Schema;
}

/**
 * The schemas of the properties of an interface.
 * @param file a path
 * @throws Error where a type has no form in JSON, or a property no comment
 */
export function schemasOf(file: string, name: string, options: ts.CompilerOptions): Described[] {
  const program = ts.createProgram([file], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const declared = source?.statements.find(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  );
  if (declared === undefined) throw new Error(`${file} declares no interface ${name}`);
  const bare = new Set<string>();
  const all = checker.getPropertiesOfType(checker.getTypeAtLocation(declared)).map((property) => {
    const making: Making = { checker, definitions: new Map(), names: new Map(), bare };
    const { $ref } = schemaOf(checker.getTypeOfSymbol(property), {}, property.name, making);
    const top = String($ref).replace('#/definitions/', '');
    const { [top]: schema = schemaOf(checker.getTypeOfSymbol(property), {}, '', making), ...rest } =
      Object.fromEntries(making.definitions);
    const definitions = Object.fromEntries(Object.entries(rest).sort(byName));
    return { name: property.name, description: described(property, making), schema, definitions };
  });
  if (bare.size > 0) throw new Error(`without a comment:\n${[...bare].join('\n')}`);
  return all;
}

/** The order of the parts of a union changes with code elsewhere. Null comes last. */
function byText(one: Schema, other: Schema): number {
  const [first, second] = [one, other].map((schema) => JSON.stringify(schema));
  if (one.type === 'null' || other.type === 'null') return one.type === 'null' ? 1 : -1;
  return (first ?? '') < (second ?? '') ? -1 : 1;
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

/** @param at where the type is used, for messages */
function schemaOf(type: ts.Type, hints: Hints, at: string, making: Making): Schema {
  const { checker } = making;
  if (type.isUnion()) return unionOf(type, hints, at, making);
  if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
  if ((type.flags & ts.TypeFlags.BooleanLiteral) !== 0) {
    return { const: checker.typeToString(type) === 'true' };
  }
  if ((type.flags & ts.TypeFlags.String) !== 0) return { type: 'string', ...hints.keywords };
  if ((type.flags & ts.TypeFlags.Number) !== 0) {
    return { type: hints.isFraction === true ? 'number' : 'integer' };
  }
  if ((type.flags & ts.TypeFlags.Null) !== 0) return { type: 'null' };
  if ((type.flags & ts.TypeFlags.Unknown) !== 0) return {};
  if ((type.flags & ts.TypeFlags.NonPrimitive) !== 0) return { type: 'object' };
  if (checker.isArrayType(type) || checker.isTupleType(type)) {
    const items = checker.getTypeArguments(reference(type, at));
    const schemas = items.map((item) => schemaOf(item, hints, `${at}[]`, making));
    return { type: 'array', items: anyOf(schemas) };
  }
  const isObject = (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0;
  if (!isObject) throw new Error(`${at}: ${checker.typeToString(type)} has no form in JSON`);
  const name = nameOf(type);
  return name === undefined ? objectOf(type, at, making) : named(name, type, making);
}

function reference(type: ts.Type, at: string): ts.TypeReference {
  const isReference = (one: ts.Type): one is ts.TypeReference => 'target' in one;
  if (!isReference(type)) throw new Error(`${at} is not a list`);
  return type;
}

/** The name of an interface without parameters. */
function nameOf(type: ts.Type): string | undefined {
  const symbol = type.getSymbol();
  const isNamed = symbol?.declarations?.some(
    (one) => ts.isInterfaceDeclaration(one) && one.typeParameters === undefined,
  );
  return isNamed === true ? symbol?.name : undefined;
}

function named(name: string, type: ts.Type, making: Making): Schema {
  const known = making.names.get(name);
  if (known !== undefined && known !== type) throw new Error(`two types are called ${name}`);
  if (known === undefined) {
    making.names.set(name, type);
    making.definitions.set(name, objectOf(type, name, making));
  }
  return { $ref: `#/definitions/${name}` };
}

function objectOf(type: ts.Type, at: string, making: Making): Schema {
  const { checker } = making;
  const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
  if (index !== undefined) {
    const values = schemaOf(index.type, {}, `${at}{}`, making);
    return { type: 'object', additionalProperties: values };
  }
  const properties = checker.getPropertiesOfType(type).map((property) => {
    const place = `${at}.${property.name}`;
    const description = described(property, making);
    const hints = hintsOf(property, description, checker);
    const schema = schemaOf(checker.getTypeOfSymbol(property), hints, place, making);
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    // Beside a reference, draft-07 sees nothing else.
    const whole = '$ref' in schema ? { allOf: [schema] } : schema;
    return { name: property.name, isOptional, schema: { description, ...whole } };
  });
  const required = properties.filter(({ isOptional }) => !isOptional).map(({ name }) => name);
  return {
    type: 'object',
    additionalProperties: false,
    required,
    properties: Object.fromEntries(properties.map(({ name, schema }) => [name, schema])),
  };
}

function unionOf(type: ts.UnionType, hints: Hints, at: string, making: Making): Schema {
  const some = type.types.filter((one) => (one.flags & ts.TypeFlags.Undefined) === 0);
  const isBoolean = (one: ts.Type): boolean => (one.flags & ts.TypeFlags.BooleanLiteral) !== 0;
  const words = some.flatMap((one) => (one.isStringLiteral() ? [one.value] : [])).sort();
  const others = some.filter((one) => !one.isStringLiteral() && !isBoolean(one));
  const booleans = some.filter(isBoolean);
  const schemas = [
    ...(words.length > 1
      ? [{ type: 'string', enum: words }]
      : words.map((word) => ({ const: word }))),
    ...(booleans.length > 1
      ? [{ type: 'boolean' }]
      : booleans.map((one) => schemaOf(one, hints, at, making))),
    ...others.map((one) => schemaOf(one, hints, at, making)).sort(byText),
  ];
  return anyOf(schemas);
}

function anyOf(all: readonly Schema[]): Schema {
  const schemas = [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
  const [first = {}] = schemas;
  if (schemas.length < 2) return first;
  const plain = schemas.map((one) => (Object.keys(one).join() === 'type' ? one.type : undefined));
  return plain.every((one) => one !== undefined) ? { type: plain } : { anyOf: schemas };
}

function described(property: ts.Symbol, { checker, bare }: Making): string {
  const found = comment(property, checker);
  const [declaration] = property.declarations ?? [];
  const file = declaration?.getSourceFile().fileName ?? 'a type';
  if (found === '') bare.add(`${file}: ${property.name}`);
  return found;
}
