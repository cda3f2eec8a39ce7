import { describe, expect, it } from 'vitest';
import { HEAD, mistakesIn } from './types.ts';

/*
 * Plans that name what there is not, or what does not fit.
 */

const cases = [
  {
    title: 'a duplicate step id',
    plan: `steps:
  - { id: home, uses: directory, with: { path: /a } }
  - { id: home, uses: directory, with: { path: /b } }
`,
    says: `plan.yaml:5:11  step home: duplicate step id "home"

  5 |   - { id: home, uses: directory, with: { path: /b } }
    |           ^^^^

  4 |   - { id: home, uses: directory, with: { path: /a } }
    |           ^^^^ the first one is here

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'needs of an unknown step, and of the step itself',
    plan: `steps:
  - { id: home, uses: directory, with: { path: /a } }
  - { id: logs, uses: directory, needs: [hoem, logs], with: { path: /b } }
`,
    says: `plan.yaml:5:42  step logs: unknown step "hoem" in needs

  5 |   - { id: logs, uses: directory, needs: [hoem, logs], with: { path: /b } }
    |                                          ^^^^ did you mean home?

plan.yaml:5:48  step logs: needs itself

  5 |   - { id: logs, uses: directory, needs: [hoem, logs], with: { path: /b } }
    |                                                ^^^^ remove it

2 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'a cycle of needs, edge by edge',
    plan: `steps:
  - { id: a, uses: directory, with: { path: /a }, needs: [c] }
  - { id: b, uses: directory, with: { path: /b }, needs: [a] }
  - { id: c, uses: directory, with: { path: /c }, needs: [b] }
`,
    says: `plan.yaml:4:59  step a: cycle of needs: a -> c -> b -> a

  4 |   - { id: a, uses: directory, with: { path: /a }, needs: [c] }
    |                                                           ^ a needs c

  6 |   - { id: c, uses: directory, with: { path: /c }, needs: [b] }
    |                                                           ^ c needs b

  5 |   - { id: b, uses: directory, with: { path: /b }, needs: [a] }
    |                                                           ^ b needs a

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'two cycles that share a step',
    plan: `steps:
  - { id: a, uses: directory, with: { path: /a }, needs: [b, c] }
  - { id: b, uses: directory, with: { path: /b }, needs: [a] }
  - { id: c, uses: directory, with: { path: /c }, needs: [a] }
`,
    says: `plan.yaml:4:59  step a: cycle of needs: a -> b -> a

  4 |   - { id: a, uses: directory, with: { path: /a }, needs: [b, c] }
    |                                                           ^ a needs b

  5 |   - { id: b, uses: directory, with: { path: /b }, needs: [a] }
    |                                                           ^ b needs a

plan.yaml:4:62  step a: cycle of needs: a -> c -> a

  4 |   - { id: a, uses: directory, with: { path: /a }, needs: [b, c] }
    |                                                              ^ a needs c

  6 |   - { id: c, uses: directory, with: { path: /c }, needs: [a] }
    |                                                           ^ c needs a

2 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'undefined names in templates',
    plan: `inputs: { home: { env: H, type: path, default: /h } }
steps:
  - id: a
    uses: directory
    with: { path: \${{ inputs.hom }}/x, owner: "\${{ facts.uuid }}:\${{ env.GID }}" }
  - id: b
    uses: directory
    with: { path: \${{ input.home }}, owner: "\${{ inputs.uid }}" }
`,
    says: `plan.yaml:7:23  step a: undefined name inputs.hom

  7 |     with: { path: \${{ inputs.hom }}/x, owner: "\${{ facts.uuid }}:\${{ env.…
    |                       ^^^^^^^^^^ did you mean inputs.home?

plan.yaml:7:52  step a: undefined name facts.uuid

  7 | …{ path: \${{ inputs.hom }}/x, owner: "\${{ facts.uuid }}:\${{ env.GID }}" }
    |                                           ^^^^^^^^^^
    |                                           did you mean facts.uid?

plan.yaml:7:70  step a: unknown name env.GID

  7 | …{ path: \${{ inputs.hom }}/x, owner: "\${{ facts.uuid }}:\${{ env.GID }}" }
    |                                                             ^^^^^^^
    |                                            write inputs.NAME or facts.NAME

plan.yaml:10:23  step b: unknown name input.home

  10 |     with: { path: \${{ input.home }}, owner: "\${{ inputs.uid }}" }
     |                       ^^^^^^^^^^ did you mean inputs.home?

plan.yaml:10:50  step b: undefined name inputs.uid

  10 |     with: { path: \${{ input.home }}, owner: "\${{ inputs.uid }}" }
     |                                                  ^^^^^^^^^^
     |                                                  did you mean facts.uid?

5 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'malformed templates',
    plan: `inputs: { home: { env: H, type: path, default: /h } }
steps:
  - id: a
    uses: command
    with:
      argv:
        - \${{ inputs.home
        - a \${{ }} b
        - \${{ inputs.home || "/x" }}
      env: { "\${{ inputs.home }}": x }
`,
    says: `plan.yaml:9:11  step a: unclosed template

  9 |         - \${{ inputs.home
    |           ^^^^^^^^^^^^^^^ close it with }}

plan.yaml:10:13  step a: empty template

  10 |         - a \${{ }} b
     |             ^^^^^^ write inputs.NAME or facts.NAME

plan.yaml:11:15  step a: a template takes one name, not an expression

  11 |         - \${{ inputs.home || "/x" }}
     |               ^^^^^^^^^^^^^^^^^^^ write inputs.NAME or facts.NAME

plan.yaml:12:14  step a: a template is not allowed in a key

  12 |       env: { "\${{ inputs.home }}": x }
     |              ^^^^^^^^^^^^^^^^^^^^

4 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'a template where none is allowed',
    plan: `inputs: { user: { env: U, type: string, default: hermes } }
steps:
  - id: a
    uses: directory
    as: \${{ inputs.user }}
    with: { path: /a }
`,
    says: `plan.yaml:7:9  step a: a template is not allowed here

  7 |     as: \${{ inputs.user }}
    |         ^^^^^^^^^^^^^^^^^^ only home and values in with are filled in

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'a home that may be unset in the middle of a path',
    plan: `home: \${{ inputs.volume }}/home
inputs: { volume: { env: V, type: string } }
steps:
  - { id: a, uses: directory, with: { path: /a } }
`,
    says: `plan.yaml:3:11  inputs.volume may be unset; give it a default

  3 | home: \${{ inputs.volume }}/home
    |           ^^^^^^^^^^^^^

1 mistake in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'inputs of a type that does not fit',
    plan: `inputs:
  name: { env: NAME, type: string, default: x }
  on: { env: ON, type: boolean, default: true }
steps:
  - id: a
    uses: account.remap
    with: { user: hermes, uid: "\${{ inputs.name }}", gid: "\${{ inputs.on }}" }
  - id: b
    uses: directory
    with: { path: "\${{ inputs.name }}", mode: "\${{ facts.uid }}" }
  - id: c
    uses: directory
    with: { path: "\${{ inputs.name }}/logs" }
`,
    says: `plan.yaml:9:32  step a: inputs.name is a string, wanted a number from 1 to 65534

  9 | …ith: { user: hermes, uid: "\${{ inputs.name }}", gid: "\${{ inputs.on }}" }
    |                            ^^^^^^^^^^^^^^^^^^^^

plan.yaml:9:59  step a: inputs.on is true or false, wanted a number from 1 to
  65534

  9 | …th: { user: hermes, uid: "\${{ inputs.name }}", gid: "\${{ inputs.on }}" }
    |                                                      ^^^^^^^^^^^^^^^^^^

plan.yaml:12:19  step b: inputs.name is a string, wanted an absolute path

  12 |     with: { path: "\${{ inputs.name }}", mode: "\${{ facts.uid }}" }
     |                   ^^^^^^^^^^^^^^^^^^^^
     |                   declare inputs.name with type: path

plan.yaml:12:47  step b: facts.uid is a number, wanted a mode such as "0640"

  12 |     with: { path: "\${{ inputs.name }}", mode: "\${{ facts.uid }}" }
     |                                               ^^^^^^^^^^^^^^^^^^

plan.yaml:15:19  step c: found "\${{ inputs.name }}/logs", wanted an absolute
  path

  15 |     with: { path: "\${{ inputs.name }}/logs" }
     |                   ^^^^^^^^^^^^^^^^^^^^^^^^^

5 mistakes in plan.yaml. Nothing was run.
`,
  },
  {
    title: 'inputs that may be unset where a value is required',
    plan: `inputs:
  home: { env: HERMES_HOME, type: path }
  uid: { env: PUID, type: id }
steps:
  - id: a
    uses: directory
    with: { path: "\${{ inputs.home }}", owner: "\${{ inputs.uid }}" }
  - id: b
    uses: command
    with: { argv: [ls, "-l\${{ inputs.home }}"] }
`,
    says: `plan.yaml:9:24  step a: inputs.home may be unset; give it a default

  9 |     with: { path: "\${{ inputs.home }}", owner: "\${{ inputs.uid }}" }
    |                        ^^^^^^^^^^^ or skip the step: when: inputs.home

plan.yaml:12:31  step b: inputs.home may be unset; give it a default

  12 |     with: { argv: [ls, "-l\${{ inputs.home }}"] }
     |                               ^^^^^^^^^^^
     |                               or skip the step: when: inputs.home

2 mistakes in plan.yaml. Nothing was run.
`,
  },
];

describe('a plan with errors reports', () => {
  it.each(cases)('$title', ({ plan, says }) => {
    expect(mistakesIn(HEAD + plan)).toBe(says);
  });
});
