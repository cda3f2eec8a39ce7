import { describe, expect, it } from 'vitest';
import { HEAD, mistakesIn } from './types.ts';

/*
 * Plans whose keys, modes and paths are wrong.
 */

const cases = [
  {
    title: 'an unknown step type',
    plan: `steps:
  - id: ownership
    uses: owner.path
    with: { path: /anything }
`,
    says: `plan.yaml:5:11  step ownership: unknown step type "owner.path"

  5 |     uses: owner.path
    |           ^^^^^^^^^^ did you mean owner.paths?

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'decimal modes',
    plan: `steps:
  - id: env
    uses: file.mode
    with: { path: /a, mode: 0600 }
  - id: auth
    uses: file.mode
    with: { path: /b, mode: 0o640 }
  - id: log
    uses: file.mode
    with: { path: /c, mode: 644 }
`,
    says: `plan.yaml:6:29  step env: mode 0600 is decimal 600 in YAML 1.2

  6 |     with: { path: /a, mode: 0600 }
    |                             ^^^^ write it quoted: "0600"

plan.yaml:9:29  step auth: mode 0o640 is decimal 416 in YAML 1.2

  9 |     with: { path: /b, mode: 0o640 }
    |                             ^^^^^ write it quoted: "0640"

plan.yaml:12:29  step log: found the number 644, wanted a mode such as "0640"

  12 |     with: { path: /c, mode: 644 }
     |                             ^^^ write it quoted: "0644"

3 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'an invalid mode',
    plan: `steps:
  - { id: a, uses: file.mode, with: { path: /a, mode: u+rw } }
  - { id: b, uses: file.mode, with: { path: /b, mode: "640" } }
`,
    says: `plan.yaml:4:55  step a: found the string "u+rw", wanted a mode such as "0640"

  4 |   - { id: a, uses: file.mode, with: { path: /a, mode: u+rw } }
    |                                                       ^^^^

plan.yaml:5:55  step b: found the string "640", wanted a mode such as "0640"

  5 |   - { id: b, uses: file.mode, with: { path: /b, mode: "640" } }
    |                                                       ^^^^^
    |                                                    write it quoted: "0640"

2 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'paths that are not absolute',
    plan: `steps:
  - { id: a, uses: directory, with: { path: opt/data } }
  - { id: b, uses: directory, with: { path: /opt/../etc } }
  - { id: c, uses: directory, with: { path: "" } }
`,
    says: `plan.yaml:4:45  step a: found the relative path "opt/data", wanted an absolute
  path

  4 |   - { id: a, uses: directory, with: { path: opt/data } }
    |                                             ^^^^^^^^ start it with /

plan.yaml:5:45  step b: the path "/opt/../etc" has .. in it

  5 |   - { id: b, uses: directory, with: { path: /opt/../etc } }
    |                                             ^^^^^^^^^^^ write "/etc"

plan.yaml:6:45  step c: found an empty string, wanted an absolute path

  6 |   - { id: c, uses: directory, with: { path: "" } }
    |                                             ^^

3 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'paths that are not relative',
    plan: `steps:
  - id: a
    uses: owner.paths
    with: { base: /a, owner: hermes, trees: [/etc, ../etc, logs] }
`,
    says: `plan.yaml:6:46  step a: found the absolute path "/etc", wanted a relative path

  6 |     with: { base: /a, owner: hermes, trees: [/etc, ../etc, logs] }
    |                                              ^^^^
    |                             leave out the directory that it is relative to

plan.yaml:6:52  step a: the path "../etc" has .. in it

  6 |     with: { base: /a, owner: hermes, trees: [/etc, ../etc, logs] }
    |                                                    ^^^^^^

2 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'a NUL byte in a path',
    plan: `steps:
  - id: a
    uses: directory
    with: { path: "/etc\\0/x" }
`,
    says: `plan.yaml:6:19  step a: NUL byte in a string

  6 |     with: { path: "/etc\\0/x" }
    |                   ^^^^^^^^^^ no path, name or argument can contain one

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'unknown keys, each with what may be meant',
    plan: `stesp: []
steps:
  - id: a
    uses: directory
    if: facts.root
    path: /a
    with: { path: /a, onwer: hermes, needs: [b], colour: red }
`,
    says: `plan.yaml:3:1  unknown key "stesp"

  3 | stesp: []
    | ^^^^^ did you mean steps?

plan.yaml:7:5  step a: unknown key "if"

  7 |     if: facts.root
    |     ^^ did you mean when?

plan.yaml:8:5  step a: unknown key "path"

  8 |     path: /a
    |     ^^^^ it belongs under with

plan.yaml:9:23  step a: unknown key "onwer"

  9 |     with: { path: /a, onwer: hermes, needs: [b], colour: red }
    |                       ^^^^^ did you mean owner?

plan.yaml:9:38  step a: unknown key "needs"

  9 |     with: { path: /a, onwer: hermes, needs: [b], colour: red }
    |                                      ^^^^^
    |                                      it belongs to the step, next to with

plan.yaml:9:50  step a: unknown key "colour"

  9 |     with: { path: /a, onwer: hermes, needs: [b], colour: red }
    |                                                  ^^^^^^
    |                                              known here: path, owner, mode

6 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'missing keys',
    plan: `inputs:
  home: { env: HERMES_HOME }
steps:
  - uses: directory
    with: { owner: hermes }
  - id: b
    with: { path: /b }
  - id: c
    uses: file.mode
`,
    says: `plan.yaml:4:3  missing key "type"

  4 |   home: { env: HERMES_HOME }
    |   ^^^^ wanted path, id, string or boolean

plan.yaml:6:5  missing key "id"

  6 |   - uses: directory
    |     ^^^^^^^^^^^^^^^ wanted a name: a-z, 0-9 and -, starting with a letter

plan.yaml:7:5  missing key "path"

  7 |     with: { owner: hermes }
    |     ^^^^ wanted an absolute path

plan.yaml:8:5  step b: missing key "uses"

  8 |   - id: b
    |     ^^^^^ the step type, such as directory

plan.yaml:10:5  step c: missing key "with"

  10 |   - id: c
     |     ^^^^^ file.mode wants path, mode

5 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'options of which one is required',
    plan: `steps:
  - { id: a, uses: account.remap, with: { user: hermes } }
`,
    says: `plan.yaml:4:41  step a: missing uid or gid

  4 |   - { id: a, uses: account.remap, with: { user: hermes } }
    |                                         ^^^^^^^^^^^^^^^^

1 mistake in plan.yaml. Nothing was run.
`,
  },
];

describe('a plan with errors reports', () => {
  it.each(cases)('$title', ({ plan, says }) => {
    expect(mistakesIn(HEAD + plan)).toBe(says);
  });
});
