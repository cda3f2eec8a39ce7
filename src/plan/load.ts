import { planOf } from './build.ts';
import type { Diagnostic, Loaded } from './diagnostic.ts';
import { draftOf } from './draft.ts';
import type { Draft } from './draft.ts';
import { keysOf } from './json.ts';
import { compose } from './layers/compose.ts';
import { NO_LIBRARY } from './layers/library.ts';
import type { Library } from './layers/library.ts';
import { openStack } from './layers/open.ts';
import type { Layer } from './layers/open.ts';
import type { Mistake } from './mistake.ts';
import type { Plan } from './plan.ts';
import type { Registry } from './registry.ts';
import type { PlanSource } from './source.ts';
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
import type { PlanDocument } from './yaml.ts';

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
 * Reads a plan and checks everything about it that can be known without looking at a world. All
 * mistakes are found at once, in the order of the files. Never throws, whatever the text.
 * @param library what it may extend, and the fragments that change it
 */
export function loadPlan(
  source: PlanSource,
  registry: Registry,
  library: Library = NO_LIBRARY,
): Loaded<Plan> {
  const { layers, sources, mistakes } = openStack(source, library);
  const told = (all: readonly Mistake[], draft?: Draft) => diagnosticsOf(all, sources, draft);
  const [first, ...upper] = layers;
  if (first === undefined) return { ok: false, diagnostics: told(mistakes), sources };

  const alone = upper.length === 0;
  const composed = alone ? { ...first, entries: [], mistakes: [] } : compose(layers);
  const subject = subjectOf(composed.document, registry);
  const all = [
    ...mistakes,
    ...(alone ? [] : layers.flatMap((layer) => ownMistakes(layer, registry))),
    ...composed.mistakes,
    ...CHECKS.flatMap((check) => check(subject)),
  ];
  if (all.length > 0) return { ok: false, diagnostics: told(all, subject.draft), sources };

  const plan = planOf(subject, {
    file: source.file,
    files: layers.map(({ file }) => file),
    entries: composed.entries,
  });
  const warnings = told(conflictWarnings(subject), subject.draft);
  return { ok: true, value: plan, warnings, sources };
}

function subjectOf(document: PlanDocument, registry: Registry): Subject {
  return { ...registry, document, draft: draftOf(document.value) };
}

/** What is wrong with a file of several, apart from inputs and steps: those are judged as one. */
function ownMistakes({ document }: Layer, registry: Registry): Mistake[] {
  const subject = subjectOf(document, registry);
  return [templateMistakes, shapeMistakes]
    .flatMap((check) => check(subject))
    .filter(({ pointer }) => keysOf(pointer).length < 2);
}

function diagnosticsOf(
  mistakes: readonly Mistake[],
  sources: readonly PlanSource[],
  draft?: Draft,
): Diagnostic[] {
  const blamed = new Set<string>();
  const seen = new Set<string>();
  const first = mistakes.filter(({ pointer, at, message }) => {
    const subject = `${at.file}:${pointer}`;
    // The whole file can be blamed for several things.
    const again = pointer !== '' && blamed.has(subject);
    const same = `${at.file}:${at.line}:${at.column}:${message}`;
    if (again || seen.has(same)) return false;
    blamed.add(subject);
    seen.add(same);
    return true;
  });
  const files = sources.map(({ file }) => file);
  const rank = ({ at }: Mistake | Diagnostic): number => files.indexOf(at.file);
  return first
    .map(({ pointer, ...diagnostic }) => {
      const [top, index] = keysOf(pointer);
      const step = top === 'steps' ? draft?.stepAt(Number(index)) : undefined;
      return step?.id === undefined ? diagnostic : { ...diagnostic, step: step.id };
    })
    .sort((a, b) => rank(a) - rank(b) || a.at.line - b.at.line || a.at.column - b.at.column);
}
