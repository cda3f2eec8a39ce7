import packageJson from '../../package.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { mistakesIn } from './types.ts';

/*
 * Texts that are no plan before anything is known of steps.
 */

const cases = [
  {
    title: 'an empty file',
    plan: ``,
    says: `plan.yaml:1:1  the file is empty

  1 |
    | ^ a plan has version, name and steps

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'nothing but a comment',
    plan: `# later
`,
    says: `plan.yaml:1:1  the file is empty

  1 | # later
    | ^ a plan has version, name and steps

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'a list at the top',
    plan: `- version: 1
`,
    says: `plan.yaml:1:1  found a list, wanted a plan

  1 | - version: 1
    | ^^^^^^^^^^^^ a mapping with version, name and steps

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'a bracket that is not closed',
    plan: `version: 1
name: [test
steps: 1
`,
    says: `plan.yaml:2:7  this [ is not closed

  2 | name: [test
    |       ^

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'a quote that is not closed',
    plan: `version: 1
name: "test
`,
    says: `plan.yaml:2:7  this " is not closed

  2 | name: "test
    |       ^

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'a tab for indentation',
    plan: `version: 1
steps:
\t- id: a
`,
    says: `plan.yaml:3:1  tabs cannot indent

  3 |  - id: a
    | ^ use spaces

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'a colon in a plain string',
    plan: `version: 1
name: test: x
`,
    says: `plan.yaml:2:7  a mapping cannot start here

  2 | name: test: x
    |       ^ put a string with ": " in quotes

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'several documents',
    plan: `version: 1
name: test
x-a: 1
---
version: 1
`,
    says: `plan.yaml:1:1  missing key "steps"

  1 | version: 1
    | ^^^^^^^^^^ wanted a list

plan.yaml:5:1  the file contains 2 YAML documents

  5 | version: 1
    | ^ a plan is one document

2 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'the dialect of another version of YAML',
    plan: `%YAML 1.1
---
version: 1
`,
    says: `plan.yaml:1:1  YAML 1.1 is not supported

  1 | %YAML 1.1
    | ^ remove the %YAML line; plans are YAML 1.2

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'aliases that explode',
    plan: `x-a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]
x-b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
x-c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
x-d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
`,
    says: `plan.yaml:1:1  the file contains more than 10,000 values

  1 | x-a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]
    | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ aliases multiply what they refer to

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'an alias of itself, and one of nothing',
    plan: `version: 1
name: test
x-a: &loop [*loop]
x-b: *lop
steps: [{ id: a, uses: directory, with: { path: /a } }]
`,
    says: `plan.yaml:3:13  alias *loop refers to something that contains it

  3 | x-a: &loop [*loop]
    |             ^^^^^

plan.yaml:4:6  alias *lop has no anchor &lop before it

  4 | x-b: *lop
    |      ^^^^ did you mean loop?

2 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'a duplicate key, a merge key and a key that is not a string',
    plan: `version: 1
name: test
name: again
<<: { x-a: 1 }
1: x
steps: [{ id: a, uses: directory, with: { path: /a } }]
`,
    says: `plan.yaml:3:1  duplicate key "name"

  3 | name: again
    | ^^^^

  2 | name: test
    | ^^^^ the first one is here

plan.yaml:4:1  merge key << is not supported

  4 | <<: { x-a: 1 }
    | ^^ write the keys out

plan.yaml:5:1  the key 1 is not a string

  5 | 1: x
    | ^ write it quoted: "1"

3 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'a tag',
    plan: `version: 1
name: !name test
`,
    says: `plan.yaml:2:7  unknown tag !name

  2 | name: !name test
    |       ^^^^^ remove it

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: '__proto__ as a key',
    plan: `version: 1
name: test
__proto__: { polluted: true }
steps:
  - { id: a, uses: directory, with: { path: /a, __proto__: { mode: 1 } } }
`,
    says: `plan.yaml:3:1  unknown key "__proto__"

  3 | __proto__: { polluted: true }
    | ^^^^^^^^^ remove it

plan.yaml:5:49  step a: unknown key "__proto__"

  5 |   - { id: a, uses: directory, with: { path: /a, __proto__: { mode: 1 } } }
    |                                                 ^^^^^^^^^ remove it

2 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'a future version',
    plan: `version: 2
name: test
steps: [{ id: a, uses: directory, with: { path: /a } }]
`,
    says: `plan.yaml:1:10  found the number 2, and hermes-boot ${packageJson.version} reads version 1

  1 | version: 2
    |          ^ a later release of hermes-boot reads version 2

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'bytes that are not text',
    plan: `version: 1
name: te\0st
# \x1b[31m
steps: [{ id: a, uses: directory, with: { path: /a } }]
`,
    says: `plan.yaml:2:9  NUL byte in the file

  2 | name: te\\x00st
    |         ^^^^ remove it

plan.yaml:3:3  control character U+001B in the file

  3 | # \\x1b[31m
    |   ^^^^ remove it

2 mistakes in plan.yaml. Nothing was run.
`,
  },
];

describe('a plan with errors reports', () => {
  it.each(cases)('$title', ({ plan, says }) => {
    expect(mistakesIn(plan)).toBe(says);
  });
});
