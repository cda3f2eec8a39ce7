/** Warns of steps that touch the same path or account with no order between them. */
import type { PathTouch, Touch } from '../step/touch.ts';
import { isWithin } from '../system/path.ts';
import { samplesFor } from './check-samples.ts';
import { inValue, type PendingDiagnostic } from './diagnostic.ts';
import { typeOf, type DraftStep, type Subject } from './draft.ts';
import { member } from './json.ts';
import { fillOptions } from './fill-options.ts';

interface Toucher {
  readonly step: DraftStep;
  readonly id: string;
  readonly touches: readonly Touch[];
}

/**
 * Warns of steps that touch the same thing with no order between them: only their order in the
 * file would decide. For a plan without errors.
 */
export function checkConflicts(subject: Subject): PendingDiagnostic[] {
  const { sourceMap } = subject.document;
  const { lookup, readable } = samplesFor(subject.draft);
  const touchers = subject.draft.steps.flatMap((step): Toucher[] => {
    const type = typeOf(subject, step);
    if (type === undefined || step.id === undefined || member(step.body, 'off') === true) return [];
    const touches = type.touches(fillOptions(step.with, type.schema, lookup));
    return [{ step, id: step.id, touches }];
  });
  const before = ancestors(subject.draft.steps);
  return touchers.flatMap((later, index) =>
    touchers.slice(0, index).flatMap((earlier): PendingDiagnostic[] => {
      if (before.get(later.id)?.has(earlier.id) === true) return [];
      if (before.get(earlier.id)?.has(later.id) === true) return [];
      const what = conflict(earlier, later);
      if (what === undefined) return [];
      const message = `missing needs between ${earlier.id} and ${later.id}: ${readable(what)}`;
      const error = inValue(sourceMap, `${later.step.pointer}/id`, {
        message,
        hint: `add needs: [${earlier.id}] if it must run after ${earlier.id}`,
        related: [{ at: sourceMap.value(`${earlier.step.pointer}/id`), message: 'the other step' }],
      });
      // One step can be in conflict with several.
      return [{ ...error, severity: 'warning', pointer: `${error.pointer}/${earlier.id}` }];
    }),
  );
}

/** What two steps both touch, as a clause; undefined where nothing. */
function conflict(earlier: Toucher, later: Toucher): string | undefined {
  for (const a of earlier.touches) {
    for (const b of later.touches) {
      if (a.kind === 'path' && b.kind === 'path') {
        if (!meets(a, b) || (a.reads && b.reads)) continue;
        const path = a.tree ? b.path : a.path;
        if (a.reads) return relies(later, earlier, path);
        return b.reads ? relies(earlier, later, path) : `both change ${path}`;
      } else if (a.kind === 'account' && b.kind === 'account' && a.name === b.name) {
        if (a.reads && b.reads) continue;
        if (a.reads) return relies(later, earlier, `account ${a.name}`);
        if (b.reads) return relies(earlier, later, `account ${a.name}`);
        return `both change account ${a.name}`;
      }
    }
  }
  return undefined;
}

function relies(changer: Toucher, reader: Toucher, what: string): string {
  return `${changer.id} changes ${what}, ${reader.id} relies on it`;
}

function meets(a: PathTouch, b: PathTouch): boolean {
  if (a.path === b.path) {
    return a.aspect === b.aspect || a.aspect === 'existence' || b.aspect === 'existence';
  }
  if (a.aspect !== b.aspect) return false;
  return (a.tree && isWithin(b.path, a.path)) || (b.tree && isWithin(a.path, b.path));
}

/** The steps that each step needs, directly or through others. There are no cycles. */
function ancestors(steps: readonly DraftStep[]): ReadonlyMap<string, ReadonlySet<string>> {
  const needs = new Map(steps.map((step) => [step.id ?? '', step.needs.map(({ text }) => text)]));
  return new Map(
    [...needs.keys()].map((id) => {
      const found = new Set<string>();
      const open = [...(needs.get(id) ?? [])];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (found.has(next)) continue;
        found.add(next);
        open.push(...(needs.get(next) ?? []));
      }
      return [id, found];
    }),
  );
}
