/**
 * The part of JSON Schema (draft-07) that options of step types are written in, and the
 * TypeScript type that a schema stands for. Descriptions are not optional, and mappings are
 * closed: a schema that lacks either does not compile.
 */

interface Described {
  /** One or two sentences, shown by editors, by `hermes-boot steps` and in the plan schema. */
  readonly description: string;
}

export interface StringSchema extends Described {
  readonly type: 'string';
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly default?: string;
}

export interface IntegerSchema extends Described {
  readonly type: 'integer';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: number;
}

export interface BooleanSchema extends Described {
  readonly type: 'boolean';
  readonly default?: boolean;
}

/** A value of a configuration file: any scalar. */
export interface ScalarSchema extends Described {
  readonly type: readonly ['string', 'number', 'boolean', 'null'];
}

export interface ArraySchema extends Described {
  readonly type: 'array';
  readonly items: OptionSchema;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
}

/** A mapping with names of the plan author's choice. */
export interface MapSchema extends Described {
  readonly type: 'object';
  readonly additionalProperties: StringSchema;
}

/** A mapping with known names; `description` is optional at the top, where the step has one. */
export interface ObjectSchema {
  readonly type: 'object';
  readonly description?: string;
  readonly additionalProperties: false;
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, OptionSchema>>;
  /** At least, and at most, this many of the properties must be there. */
  readonly minProperties?: number;
  readonly maxProperties?: number;
  /** One of these optional properties must be there, or several. */
  readonly anyOf?: readonly PropertyChoice[];
}

/** One of the optional properties of which some must be there; see `choice` in fields.ts. */
export interface PropertyChoice {
  readonly required: readonly [string];
  readonly properties: Readonly<Record<string, object>>;
}

export type OptionSchema =
  | StringSchema
  | IntegerSchema
  | BooleanSchema
  | ScalarSchema
  | ArraySchema
  | MapSchema
  | ObjectSchema;

/** The type of the options that a schema accepts. */
export type OptionsOf<S> = S extends { readonly enum: readonly (infer E)[] }
  ? E
  : S extends { readonly type: 'string' }
    ? string
    : S extends { readonly type: 'integer' }
      ? number
      : S extends { readonly type: 'boolean' }
        ? boolean
        : S extends ScalarSchema
          ? string | number | boolean | null
          : S extends { readonly type: 'array'; readonly items: infer I }
            ? readonly OptionsOf<I>[]
            : S extends { readonly properties: infer P; readonly required: readonly (infer R)[] }
              ? { readonly [K in keyof P as K extends R ? K : never]: OptionsOf<P[K]> } & {
                  readonly [K in keyof P as K extends R ? never : K]?: OptionsOf<P[K]>;
                }
              : S extends { readonly additionalProperties: StringSchema }
                ? Readonly<Record<string, string>>
                : never;
