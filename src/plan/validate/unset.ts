import { unreachable } from '../../errors/problem.ts';
import type { Condition } from '../condition.ts';
import type { DraftStep, DraftText } from '../draft.ts';
import { isList, keysOf, member, parentPointer, textsOf, valueAt } from '../json.ts';
import { inText } from '../mistake.ts';
import type { Mistake } from '../mistake.ts';
import { hasTemplate, parseTemplate, referencesOf, wholeReference } from '../template.ts';
import { parseWhen } from '../when/parse.ts';
import { schemaAt } from './subject.ts';
import type { Subject } from './subject.ts';

/** Inputs without a default where something has to stand, in steps that run without them too. */
export function unsetMistakes(subject: Subject): Mistake[] {
  const { draft, document } = subject;
  const optional = new Set(
    draft.inputs.flatMap(({ name, fallback }) => (fallback === undefined ? name : [])),
  );
  const unsetIn = ({ pointer, text }: DraftText, certain: ReadonlySet<string>): Mistake[] => {
    if (!hasTemplate(text)) return [];
    const template = parseTemplate(text);
    if (wholeReference(template) !== undefined && mayBeLeftOut(subject, pointer)) return [];
    const unset = referencesOf(template)
      .filter(({ kind, name }) => kind === 'input' && optional.has(name) && !certain.has(name))
      .map(({ name, offset, length }) => {
        const message = `inputs.${name} may be unset; give it a default`;
        const inStep = keysOf(pointer)[0] === 'steps';
        const hint = inStep ? { hint: `or leave the step out: when: inputs.${name}` } : {};
        return { offset, length, message, ...hint };
      });
    return inText(document.places, pointer, text, unset);
  };
  return [
    ...[...textsOf(member(draft.top, 'home'), '/home')].flatMap((text) =>
      unsetIn(text, new Set<string>()),
    ),
    ...draft.steps.flatMap((step) => {
      const certain = impliedBy(step);
      const texts = [...textsOf(step.with, `${step.pointer}/with`)];
      return texts.flatMap((text) => unsetIn(text, certain));
    }),
  ];
}

function mayBeLeftOut(subject: Subject, pointer: string): boolean {
  const holder = schemaAt(subject, parentPointer(pointer));
  if (holder?.type === 'object' && 'properties' in holder) {
    return !holder.required.includes(keysOf(pointer).at(-1) ?? '');
  }
  if (holder?.type !== 'array') return true;
  const items = valueAt(subject.draft.top, parentPointer(pointer));
  const sure = isList(items) ? items.filter((item) => !isTemplate(item)) : [];
  return sure.length >= (holder.minItems ?? 0);
}

function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && hasTemplate(value);
}

/** The inputs that are set whenever a step's `when` holds. */
function impliedBy({ when }: DraftStep): ReadonlySet<string> {
  const parsed = when === undefined ? undefined : parseWhen(when.text);
  return parsed !== undefined && 'condition' in parsed ? setWhere(parsed.condition) : new Set();
}

function setWhere(condition: Condition): ReadonlySet<string> {
  switch (condition.op) {
    case 'input':
      return new Set([condition.name]);
    case 'and':
      return new Set([...setWhere(condition.left), ...setWhere(condition.right)]);
    case 'or': {
      const right = setWhere(condition.right);
      return new Set([...setWhere(condition.left)].filter((name) => right.has(name)));
    }
    case 'eq':
      return new Set(
        [condition.left, condition.right].some(({ op }) => op === 'literal' || op === 'fact')
          ? [condition.left, condition.right].flatMap((part) => [...namesOf(part)])
          : [],
      );
    case 'literal':
    case 'fact':
    case 'not':
    case 'ne':
      return new Set();
    default:
      return unreachable(condition);
  }
}

function namesOf(part: Condition): readonly string[] {
  return part.op === 'input' ? [part.name] : [];
}
