/** Loads a plan: reads its files, checks them, and reports all errors at once. */
import { planOf } from './build-plan.ts';
import type { Diagnostic, Loaded, PendingDiagnostic } from './diagnostic.ts';
import { draftOf, type Draft, type Subject } from './draft.ts';
import { keysOf } from './json.ts';
import { compose } from './compose.ts';
import { NO_LIBRARY, openLayers, type Layer, type Library } from './open-layers.ts';
import type { Plan, PlanSource, Registry } from './plan.ts';
import { checkCycles, checkIds, checkNeeds } from './check-needs.ts';
import { checkConflicts } from './check-conflicts.ts';
import { checkDefaults } from './check-values.ts';
import { checkSamples } from './check-samples.ts';
import { checkListKeys, checkShape } from './check-shape.ts';
import { checkTemplates, checkUnset } from './check-templates.ts';
import { checkWhens } from './check-when.ts';
import type { PlanDocument } from './read-yaml.ts';

/** Of several errors about a value the first is reported: the check that knows most comes first. */
const CHECKS: readonly ((subject: Subject) => readonly PendingDiagnostic[])[] = [
  checkTemplates,
  checkShape,
  checkListKeys,
  checkIds,
  checkNeeds,
  checkCycles,
  checkDefaults,
  checkWhens,
  checkUnset,
  checkSamples,
];

/**
 * Reads a plan and checks everything that can be checked without looking at any file system. Finds
 * all errors at once, in the order of the files. Never throws, whatever the text.
 * @param library what it may extend, and the fragments that change it
 */
export function loadPlan(
  source: PlanSource,
  registry: Registry,
  library: Library = NO_LIBRARY,
): Loaded<Plan> {
  const { layers, sources, errors } = openLayers(source, library);
  const reported = (all: readonly PendingDiagnostic[], draft?: Draft) =>
    diagnosticsOf(all, sources, draft);
  const [first, ...upper] = layers;
  if (first === undefined) return { ok: false, diagnostics: reported(errors), sources };

  const alone = upper.length === 0;
  const composed = alone
    ? { ...first, entries: [], errors: [], warnings: [] }
    : compose(layers.map(({ document }) => document));
  const subject = subjectOf(composed.document, registry);
  const all = [
    ...errors,
    ...(alone ? [] : layers.flatMap((layer) => ownErrors(layer, registry))),
    ...composed.errors,
    ...CHECKS.flatMap((check) => check(subject)),
  ];
  if (all.length > 0) return { ok: false, diagnostics: reported(all, subject.draft), sources };

  const plan = planOf(subject, {
    file: source.file,
    files: layers.map(({ file }) => file),
    entries: composed.entries,
  });
  const warnings = reported([...composed.warnings, ...checkConflicts(subject)], subject.draft);
  return { ok: true, value: plan, warnings, sources };
}

function subjectOf(document: PlanDocument, registry: Registry): Subject {
  return { ...registry, document, draft: draftOf(document.value) };
}

/** Errors in one file of several, apart from inputs and steps: those are checked in the merged plan. */
function ownErrors({ document }: Layer, registry: Registry): PendingDiagnostic[] {
  const subject = subjectOf(document, registry);
  return [checkTemplates, checkShape]
    .flatMap((check) => check(subject))
    .filter(({ pointer }) => keysOf(pointer).length < 2);
}

function diagnosticsOf(
  errors: readonly PendingDiagnostic[],
  sources: readonly PlanSource[],
  draft?: Draft,
): Diagnostic[] {
  const reported = new Set<string>();
  const seen = new Set<string>();
  const first = errors.filter(({ pointer, at, message }) => {
    const subject = `${at.file}:${pointer}`;
    // There can be several errors about the whole file.
    const again = pointer !== '' && reported.has(subject);
    const same = `${at.file}:${at.line}:${at.column}:${message}`;
    if (again || seen.has(same)) return false;
    reported.add(subject);
    seen.add(same);
    return true;
  });
  const files = sources.map(({ file }) => file);
  const rank = ({ at }: PendingDiagnostic | Diagnostic): number => files.indexOf(at.file);
  return first
    .map(({ pointer, ...diagnostic }) => {
      const [top, index] = keysOf(pointer);
      const step = top === 'steps' ? draft?.stepAt(Number(index)) : undefined;
      return step?.id === undefined ? diagnostic : { ...diagnostic, step: step.id };
    })
    .sort((a, b) => rank(a) - rank(b) || a.at.line - b.at.line || a.at.column - b.at.column);
}
