import { planOf } from './build.ts';
import type { Diagnostic, Loaded } from './diagnostic.ts';
import { draftOf } from './draft.ts';
import type { Draft } from './draft.ts';
import { keysOf } from './json.ts';
import type { Mistake } from './mistake.ts';
import type { Plan } from './plan.ts';
import type { Registry } from './registry.ts';
import { circleMistakes } from './validate/circles.ts';
import { conflictWarnings } from './validate/conflicts.ts';
import { idMistakes } from './validate/ids.ts';
import { inputMistakes } from './validate/inputs.ts';
import { needMistakes } from './validate/needs.ts';
import { sampleMistakes } from './validate/samples.ts';
import { shapeMistakes } from './validate/shape.ts';
import { templateMistakes } from './validate/templates.ts';
import type { Subject } from './validate/subject.ts';
import { unsetMistakes } from './validate/unset.ts';
import { whenMistakes } from './validate/when.ts';
import { readYaml } from './yaml.ts';

/** In the order in which they may blame a value: whoever can say most about it comes first. */
const CHECKS: readonly ((subject: Subject) => readonly Mistake[])[] = [
  templateMistakes,
  shapeMistakes,
  idMistakes,
  needMistakes,
  circleMistakes,
  inputMistakes,
  whenMistakes,
  unsetMistakes,
  sampleMistakes,
];

/**
 * Reads the text of a plan file and checks everything about it that can be known without looking
 * at a world. All mistakes are found at once, in the order of the file. Never throws, whatever
 * the text.
 * @param file the file as messages name it
 */
export function loadPlan(file: string, text: string, registry: Registry): Loaded<Plan> {
  const { document, mistakes } = readYaml(text);
  if (document === undefined) return { ok: false, diagnostics: diagnosticsOf(mistakes) };

  const draft = draftOf(document.value);
  const subject: Subject = { ...registry, document, draft };
  const all = [...mistakes, ...CHECKS.flatMap((check) => check(subject))];
  if (all.length > 0) return { ok: false, diagnostics: diagnosticsOf(all, draft) };

  const warnings = diagnosticsOf(conflictWarnings(subject), draft);
  return { ok: true, value: planOf(file, subject), warnings };
}

function diagnosticsOf(mistakes: readonly Mistake[], draft?: Draft): Diagnostic[] {
  const blamed = new Set<string>();
  const seen = new Set<string>();
  const first = mistakes.filter(({ pointer, at, message }) => {
    // The whole file can be blamed for several things.
    const again = pointer !== '' && blamed.has(pointer);
    const same = `${at.line}:${at.column}:${message}`;
    if (again || seen.has(same)) return false;
    blamed.add(pointer);
    seen.add(same);
    return true;
  });
  return first
    .map(({ pointer, ...diagnostic }) => {
      const [top, index] = keysOf(pointer);
      const step = top === 'steps' ? draft?.stepAt(Number(index)) : undefined;
      return step?.id === undefined ? diagnostic : { ...diagnostic, step: step.id };
    })
    .sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
}
