import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  Condition,
  Input,
  InputDeclaration,
  InputSource,
  InputValue,
} from '../../src/plan/plan.ts';
import { evaluate, explainFalse, type Scope } from '../../src/plan/evaluate-when.ts';
import { parseWhen } from '../../src/plan/parse-when.ts';

function input(
  name: string,
  value: InputValue,
  source: InputSource,
  more: Partial<InputDeclaration> = {},
): Input {
  const at = { file: 'p.yaml', line: 1, column: 1 };
  const declaration = {
    name,
    env: [name.toUpperCase()],
    type: 'string',
    secret: false,
    at,
  } as const;
  return { name, value, source, declaration: { ...declaration, ...more } };
}

const from = (variable: string): InputSource => ({ kind: 'environment', variable });

const inputs = [
  input('state', 'stopped', from('STATE')),
  input('uid', undefined, { kind: 'unset' }, { env: ['HERMES_UID', 'PUID'] }),
  input('skip', true, from('SKIP'), { type: 'boolean' }),
  input('live', false, { kind: 'default' }, { type: 'boolean' }),
  input('token', 'hunter2', from('TOKEN'), { secret: true }),
  input('other', 'stopped', from('OTHER')),
  {
    ...input('gid', undefined, { kind: 'unset' }),
    refused: { variable: 'PGID', found: '"0"', wanted: 'a number' },
  },
];

const scope: Scope = {
  inputs: new Map(inputs.map((one) => [one.name, one])),
  facts: new Map<string, number | boolean>([
    ['root', false],
    ['uid', 1000],
  ]),
};

function parsed(text: string): Condition {
  const result = parseWhen(text);
  if ('condition' in result) return result.condition;
  throw new Error(result.message);
}

describe('a condition', () => {
  it.each([
    ['inputs.state', true],
    ['inputs.uid', false],
    ['inputs.live', false],
    ['facts.root', false],
    ['facts.uid == 1000', true],
    ['inputs.state == "stopped"', true],
    ["inputs.state == 'running'", false],
    ['inputs.uid != 5', true],
    ['inputs.uid == 5', false],
    ['inputs.uid == inputs.gid', true],
    ['inputs.state == inputs.other', true],
    ['!inputs.uid && inputs.skip', true],
    ['!(inputs.uid || inputs.skip)', false],
    ['false && false || true', true],
    ['false && (false || true)', false],
    ['!inputs.uid == true', true],
    ['${{ inputs.skip }}', true],
    ['  ${{inputs.state!="stopped"}}  ', false],
  ])('%s is %s', (text, holds) => {
    expect(evaluate(parsed(text), scope)).toBe(holds);
  });

  it.each([
    ['', 'an empty condition'],
    ['inputs.a ==', 'incomplete condition'],
    ['inputs.a == inputs.b == inputs.c', 'unexpected "==" in a condition'],
    ['inputs.a inputs.b', 'unexpected "inputs.b" in a condition'],
    ['inputs.a )', 'unexpected ")" in a condition'],
    ['"open', 'missing closing quote'],
    ['inputs.a < 5', 'unexpected "<" in a condition'],
    ['process.env.HOME', 'unknown name process.env.HOME'],
    ['a'.repeat(501), 'a condition longer than 500 characters'],
  ])('%s cannot be read', (text, message) => {
    expect(parseWhen(text)).toMatchObject({ message });
  });

  it('says where in its text an error is, inside ${{ }} too', () => {
    expect(parseWhen('${{ inputs.a = 5 }}')).toMatchObject({ offset: 13, length: 1 });
  });
});

describe('why a condition is false', () => {
  it.each([
    ['inputs.state == "running"', 'STATE is "stopped", not "running"'],
    ['"running" == inputs.state', 'STATE is "stopped", not "running"'],
    ['inputs.state != "stopped"', 'STATE is "stopped"'],
    ['inputs.uid', 'neither HERMES_UID nor PUID is set'],
    ['inputs.uid == 5', 'neither HERMES_UID nor PUID is set'],
    ['inputs.gid', 'the value of PGID is refused'],
    ['!inputs.skip', 'SKIP is set'],
    ['inputs.live', 'inputs.live is false'],
    ['facts.root', 'facts.root is false'],
    ['facts.uid == 0', 'facts.uid is 1000, not 0'],
    ['inputs.token == "x"', 'TOKEN is ***, not "x"'],
    ['inputs.state != inputs.other', 'STATE is the same as OTHER'],
    ['inputs.skip && facts.root', 'facts.root is false'],
    ['inputs.uid || facts.root', 'neither HERMES_UID nor PUID is set and facts.root is false'],
    ['!(inputs.skip || facts.root)', 'SKIP is set'],
    ['false', 'when is false'],
  ])('%s: %s', (text, why) => {
    expect(explainFalse(parsed(text), scope)).toBe(why);
  });
});

const leaves = fc.oneof(
  fc.constantFrom('inputs.state', 'inputs.uid', 'inputs.nothing', 'facts.root', 'facts.uid'),
  fc.constantFrom('true', 'false', '5', '-1', '"a b"', "'c'"),
);

const texts = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    leaves,
    tie('any').map((of) => `!(${of})`),
    fc
      .tuple(tie('any'), fc.constantFrom('==', '!=', '&&', '||'), tie('any'))
      .map(([left, sign, right]) => `(${left}) ${sign} (${right})`),
  ),
})).any;

describe('any condition', () => {
  it('has a value, and a reason when that is false', () => {
    fc.assert(
      fc.property(
        texts.filter((text) => text.length <= 500),
        (text) => {
          const condition = parsed(text);
          const holds = evaluate(condition, scope);
          expect(holds).toBeTypeOf('boolean');
          if (!holds) expect(explainFalse(condition, scope)).not.toBe('');
        },
      ),
    );
  });

  it('means the same when it is written down and parsed again', () => {
    fc.assert(
      fc.property(
        texts.filter((text) => text.length <= 250),
        (text) => {
          const condition = parsed(text);
          expect(parsed(write(condition))).toEqual(condition);
        },
      ),
    );
  });

  it('parses any text without an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(parseWhen(text)).toBeTypeOf('object');
      }),
    );
  });
});

function write(condition: Condition): string {
  switch (condition.op) {
    case 'literal':
      return typeof condition.value === 'string' ? `"${condition.value}"` : `${condition.value}`;
    case 'input':
    case 'fact':
      return `${condition.op}s.${condition.name}`;
    case 'not':
      return `!(${write(condition.of)})`;
    default: {
      const sign = { and: '&&', or: '||', eq: '==', ne: '!=' }[condition.op];
      return `(${write(condition.left)}) ${sign} (${write(condition.right)})`;
    }
  }
}
