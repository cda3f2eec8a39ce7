import { describe, expect, it } from 'vitest';
import { HEAD, mistakesIn } from './types.ts';

/*
 * Conditions that cannot hold, and a plan with a bit of everything.
 */

const cases = [
  {
    title: 'conditions that cannot be read',
    plan: `inputs: { state: { env: STATE, type: string } }
steps:
  - { id: a, uses: directory, with: { path: /a }, when: inputs.state = "up" }
  - { id: b, uses: directory, with: { path: /b }, when: inputs.state == up }
  - { id: c, uses: directory, with: { path: /c }, when: (facts.root && facts.s6 }
  - { id: d, uses: directory, with: { path: /d }, when: "\${{ facts.root and facts.s6 }}" }
  - { id: e, uses: directory, with: { path: /e }, when: facts.root && }
`,
    says: `plan.yaml:5:70  step a: unexpected "=" in a condition

  5 | … id: a, uses: directory, with: { path: /a }, when: inputs.state = "up" }
    |                                                                  ^
    |                                                                  write ==

plan.yaml:6:73  step b: unknown name up

  6 | …{ id: b, uses: directory, with: { path: /b }, when: inputs.state == up }
    |                                                                      ^^
    |                                 write inputs.up, or "up" if it is a string

plan.yaml:7:79  step c: incomplete condition

  7 | … c, uses: directory, with: { path: /c }, when: (facts.root && facts.s6 }
    |                                                                       ^
    |                                                            is a ) missing?

plan.yaml:8:73  step d: unexpected "and" in a condition

  8 | … directory, with: { path: /d }, when: "\${{ facts.root and facts.s6 }}" }
    |                                                        ^^^ write &&

plan.yaml:9:69  step e: incomplete condition

  9 |   - { id: e, uses: directory, with: { path: /e }, when: facts.root && }
    |                                                                     ^

5 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'conditions that make no sense',
    plan: `inputs:
  state: { env: STATE, type: string, values: [running, stopped] }
  uid: { env: PUID, type: id }
steps:
  - { id: a, uses: directory, with: { path: /a }, when: inputs.uid == "1000" }
  - { id: b, uses: directory, with: { path: /b }, when: inputs.state == "runing" }
  - { id: c, uses: directory, with: { path: /c }, when: facts.uid }
  - { id: d, uses: directory, with: { path: /d }, when: inputs.sate || facts.rot }
`,
    says: `plan.yaml:7:71  step a: compares a number with a string

  7 | …id: a, uses: directory, with: { path: /a }, when: inputs.uid == "1000" }
    |                                                                  ^^^^^^
    |                                                     numbers have no quotes

plan.yaml:8:73  step b: inputs.state is never "runing"

  8 | …b, uses: directory, with: { path: /b }, when: inputs.state == "runing" }
    |                                                                ^^^^^^^^
    |                                                      did you mean running?

plan.yaml:9:57  step c: a number is not a condition

  9 |   - { id: c, uses: directory, with: { path: /c }, when: facts.uid }
    |                                                         ^^^^^^^^^
    |                                                   compare it with == or !=

plan.yaml:10:57  step d: undefined name inputs.sate

  10 | …, uses: directory, with: { path: /d }, when: inputs.sate || facts.rot }
     |                                               ^^^^^^^^^^^
     |                                               did you mean inputs.state?

plan.yaml:10:72  step d: undefined name facts.rot

  10 | …, uses: directory, with: { path: /d }, when: inputs.sate || facts.rot }
     |                                                              ^^^^^^^^^
     |                                                  did you mean facts.root?

5 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'everything wrong at once',
    plan: `inputs: { home: { env: H, type: path, default: /h } }
steps:
  - id: guard
    uses: user.guard
  - id: home
    uses: directory
    needs: [gaurd]
    with: { path: \${{ inputs.hoem }}, mode: 0755 }
  - id: home
    uses: directory
    when: facts.roo
    with: { path: data }
`,
    says: `plan.yaml:6:11  step guard: unknown step type "user.guard"

  6 |     uses: user.guard
    |           ^^^^^^^^^^ see hermes-boot steps

plan.yaml:9:13  step home: unknown step "gaurd" in needs

  9 |     needs: [gaurd]
    |             ^^^^^ did you mean guard?

plan.yaml:10:23  step home: undefined name inputs.hoem

  10 |     with: { path: \${{ inputs.hoem }}, mode: 0755 }
     |                       ^^^^^^^^^^^ did you mean inputs.home?

plan.yaml:10:45  step home: mode 0755 is decimal 755 in YAML 1.2

  10 |     with: { path: \${{ inputs.hoem }}, mode: 0755 }
     |                                             ^^^^ write it quoted: "0755"

plan.yaml:11:9  step home: duplicate step id "home"

  11 |   - id: home
     |         ^^^^

   7 |   - id: home
     |         ^^^^ the first one is here

plan.yaml:13:11  step home: undefined name facts.roo

  13 |     when: facts.roo
     |           ^^^^^^^^^ did you mean facts.root?

plan.yaml:14:19  step home: found the relative path "data", wanted an absolute
  path

  14 |     with: { path: data }
     |                   ^^^^ start it with /

7 mistakes in plan.yaml. Nothing was run.
`,
  },
];

describe('a plan with errors reports', () => {
  it.each(cases)('$title', ({ plan, says }) => {
    expect(mistakesIn(HEAD + plan)).toBe(says);
  });
});
