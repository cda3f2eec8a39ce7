import { describe, expect, it } from 'vitest';
import { HEAD, mistakesIn } from './types.ts';

/*
 * Plans with values of the wrong type or form.
 */

const cases = [
  {
    title: 'wrong types',
    plan: `steps:
  - id: a
    uses: account.remap
    with: { user: hermes, uid: abc, gid: 70000 }
    needs: home
  - id: home
    uses: command
    with: { argv: [], shell: yes, env: { A: 1 }, output: shw }
    timeout: 30
    on-failure: retry
`,
    says: `plan.yaml:6:32  step a: found the string "abc", wanted a number from 1 to 65534

  6 |     with: { user: hermes, uid: abc, gid: 70000 }
    |                                ^^^

plan.yaml:6:42  step a: found the number 70000, wanted a number from 1 to 65534

  6 |     with: { user: hermes, uid: abc, gid: 70000 }
    |                                          ^^^^^

plan.yaml:7:12  step a: found the string "home", wanted a list

  7 |     needs: home
    |            ^^^^ write it as a list: [home]

plan.yaml:10:19  step home: found an empty list, wanted at least one entry

  10 |     with: { argv: [], shell: yes, env: { A: 1 }, output: shw }
     |                   ^^

plan.yaml:10:30  step home: found the string "yes", wanted true or false

  10 |     with: { argv: [], shell: yes, env: { A: 1 }, output: shw }
     |                              ^^^ write true

plan.yaml:10:45  step home: found the number 1, wanted a string

  10 |     with: { argv: [], shell: yes, env: { A: 1 }, output: shw }
     |                                             ^ write it quoted: "1"

plan.yaml:10:58  step home: found the string "shw", wanted show or hide

  10 |     with: { argv: [], shell: yes, env: { A: 1 }, output: shw }
     |                                                          ^^^
     |                                                        did you mean show?

plan.yaml:11:14  step home: found the number 30, wanted a time such as 500ms,
  30s or 10m

  11 |     timeout: 30
     |              ^^

plan.yaml:12:17  step home: found the string "retry", wanted stop, degrade or
  ignore

  12 |     on-failure: retry
     |                 ^^^^^

9 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'values in lists of mappings',
    plan: `steps:
  - id: a
    uses: command
    with:
      argv: [/bin/true]
      settings:
        - { key: "", to: [1] }
        - { kye: theme, to: dark }
`,
    says: `plan.yaml:9:18  step a: found an empty string

  9 |         - { key: "", to: [1] }
    |                  ^^

plan.yaml:9:26  step a: found a list, wanted a string, a number, true or false

  9 |         - { key: "", to: [1] }
    |                          ^^^

plan.yaml:10:11  step a: missing key "key"

  10 |         - { kye: theme, to: dark }
     |           ^^^^^^^^^^^^^^^^^^^^^^^^ wanted a string

plan.yaml:10:13  step a: unknown key "kye"

  10 |         - { kye: theme, to: dark }
     |             ^^^ did you mean key?

4 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'account names that useradd would refuse',
    plan: `steps:
  - { id: a, uses: directory, as: Root User, with: { path: /a, owner: "a b" } }
`,
    says: `plan.yaml:4:35  step a: found the string "Root User", wanted the name of an
  account

  4 | … { id: a, uses: directory, as: Root User, with: { path: /a, owner: "a b"…
    |                                 ^^^^^^^^^

plan.yaml:4:71  step a: found the string "a b", wanted an owner such as hermes
  or 1000:1000

  4 | …d: a, uses: directory, as: Root User, with: { path: /a, owner: "a b" } }
    |                                                                 ^^^^^

2 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'a plan without steps',
    plan: `steps: []
`,
    says: `plan.yaml:3:8  found an empty list, wanted at least one entry

  3 | steps: []
    |        ^^

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'steps that are not mappings',
    plan: `steps:
  - directory
  - { id: Home, uses: directory, with: /opt/data }
`,
    says: `plan.yaml:4:5  found the string "directory", wanted a mapping

  4 |   - directory
    |     ^^^^^^^^^

plan.yaml:5:11  step Home: found the string "Home", wanted a name: a-z, 0-9 and
  -, starting with a letter

  5 |   - { id: Home, uses: directory, with: /opt/data }
    |           ^^^^

plan.yaml:5:40  step Home: found the string "/opt/data", wanted a mapping

  5 |   - { id: Home, uses: directory, with: /opt/data }
    |                                        ^^^^^^^^^

3 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'inputs that make no sense',
    plan: `inputs:
  Home: { env: HOME, type: path }
  uid: { env: [PUID, P-UID], type: number }
  gid: { env: [], type: id, default: 0 }
  state: { env: 5, type: string, values: [up, down], default: upp }
  skip: { env: SKIP, type: boolean, default: no, values: [a] }
  dir: { env: DIR, type: path, default: data }
steps: [{ id: a, uses: directory, with: { path: /a } }]
`,
    says: `plan.yaml:4:3  invalid input name "Home"

  4 |   Home: { env: HOME, type: path }
    |   ^^^^ use a-z, 0-9 and -, starting with a letter

plan.yaml:5:22  found the string "P-UID", wanted the name of a variable

  5 |   uid: { env: [PUID, P-UID], type: number }
    |                      ^^^^^

plan.yaml:5:36  found the string "number", wanted path, id, string or boolean

  5 |   uid: { env: [PUID, P-UID], type: number }
    |                                    ^^^^^^

plan.yaml:6:15  found an empty list, wanted at least one entry

  6 |   gid: { env: [], type: id, default: 0 }
    |               ^^

plan.yaml:6:38  found the number 0, wanted a number from 1 to 65534

  6 |   gid: { env: [], type: id, default: 0 }
    |                                      ^

plan.yaml:7:17  found the number 5, wanted the name of a variable or a list of
  them

  7 |   state: { env: 5, type: string, values: [up, down], default: upp }
    |                 ^

plan.yaml:7:63  found the string "upp", wanted "up" or "down"

  7 |   state: { env: 5, type: string, values: [up, down], default: upp }
    |                                                               ^^^

plan.yaml:8:46  found the string "no", wanted true or false

  8 |   skip: { env: SKIP, type: boolean, default: no, values: [a] }
    |                                              ^^ write false

plan.yaml:8:50  values are for inputs of type string

  8 |   skip: { env: SKIP, type: boolean, default: no, values: [a] }
    |                                                  ^^^^^^
    |                          the type boolean decides which values are allowed

plan.yaml:9:41  found the string "data", wanted an absolute path other than /
  and without ..

  9 |   dir: { env: DIR, type: path, default: data }
    |                                         ^^^^

10 mistakes in plan.yaml. Nothing was run.
`,
  },
];

describe('a plan with errors reports', () => {
  it.each(cases)('$title', ({ plan, says }) => {
    expect(mistakesIn(HEAD + plan)).toBe(says);
  });
});
