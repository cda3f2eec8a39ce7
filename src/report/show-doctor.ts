/** What doctor found, for people: all that is well in one line, then each trouble with what to type. */
import { counted } from '../text/phrases.ts';
import { mapStrings, printable } from '../text/printable.ts';
import type { Paint } from './paint.ts';
import { adviceLines, wrap } from './wrap.ts';

/** One thing that doctor looked at. */
export interface Finding {
  /** What was looked at, as one word. */
  readonly check: string;
  /** How it is. */
  readonly severity: 'ok' | 'warning' | 'error';
  /** What was found, as a phrase that names what it is about. */
  readonly text: string;
  /** What to do about it, one line each; lines to type are indented. */
  readonly fix: readonly string[];
}

/** What a boot and its gateways need, and what is wrong with it. */
export interface DoctorDocument {
  /** The version of the document. */
  readonly version: 1;
  /** Which document it is. */
  readonly type: 'doctor';
  /** Whether nothing is an error. */
  readonly ok: boolean;
  /** Everything that was looked at. */
  readonly findings: readonly Finding[];
}

const LABELS = { error: 'error: ', warning: 'warning: ' } as const;

/** The findings, the errors last: a reader of a log sees the end first. */
export function renderDoctor(findings: readonly Finding[], paint: Paint): string {
  const shown = findings.map((finding) => mapStrings(finding, printable));
  const of = (severity: Finding['severity']) =>
    shown.filter((finding) => finding.severity === severity);
  const well = of('ok').map(({ text }) => text);
  const troubles = (['warning', 'error'] as const).flatMap((severity) =>
    of(severity).flatMap(({ text, fix }) => [
      ...wrap(LABELS[severity], text, 4).map(paint[severity]),
      ...adviceLines(fix, 4),
    ]),
  );
  const [errors, warnings] = [of('error').length, of('warning').length];
  const end =
    errors + warnings === 0
      ? paint.good('Nothing is wrong.')
      : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}.`;
  return `${[...wrap('ok: ', well.join(', '), 4), ...troubles, end].join('\n')}\n`;
}
