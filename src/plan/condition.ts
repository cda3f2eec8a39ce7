/**
 * A parsed `when`. A small total language: it always has a value, and evaluating it can neither
 * fail nor do anything. An unset input is `null`, which is false and equal to nothing but itself.
 */
export type Condition =
  | { readonly op: 'literal'; readonly value: string | number | boolean }
  | { readonly op: 'input' | 'fact'; readonly name: string }
  | { readonly op: 'not'; readonly of: Condition }
  | { readonly op: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly op: 'eq' | 'ne'; readonly left: Condition; readonly right: Condition };
