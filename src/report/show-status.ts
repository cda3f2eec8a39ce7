import { unreachable } from '../errors/problem.ts';
import { printable } from '../text/printable.ts';
import { worstOf } from './container-status.ts';
import type { LastBoot } from './container-status.ts';
import { listNames, plural, showDuration } from './format.ts';
import { showAgo, showMoment } from './moment.ts';
import type { Paint } from './paint.ts';
import type { ShortReceipt } from './receipt.ts';
import { mapStrings } from './strings.ts';
import { block, wrap } from './wrap.ts';

/** What there is to say about the boots of a container. */
export type StatusView =
  | { readonly result: LastBoot['result']; readonly boots: readonly LastBoot[] }
  /** No boot is recorded since the container started; `why` tells what is there instead. */
  | { readonly result: 'unknown'; readonly why: string };

/**
 * The answer, then the reasons; a line when all is well.
 * @param now in milliseconds since the epoch
 */
export function renderStatus(view: StatusView, now: number, paint: Paint): string {
  const shown = mapStrings(view, printable);
  const answer = shown.result === 'unknown' ? shown.why : answerOf(shown.boots, now);
  const reasons = shown.result === 'unknown' ? [] : reasonLines(shown.boots);
  const brush = brushOf(shown.result, paint);
  const lines = [...wrap('', `${shown.result}: ${answer}`, 2).map(brush), ...reasons];
  return `${lines.join('\n')}\n`;
}

function brushOf(result: StatusView['result'], paint: Paint): (text: string) => string {
  if (result === 'ok') return paint.good;
  return result === 'failed' || result === 'interrupted' ? paint.error : paint.warning;
}

function answerOf(boots: readonly LastBoot[], now: number): string {
  const worst = worstOf(boots);
  const boot = boots.findLast(({ result }) => result === worst);
  switch (boot?.result) {
    case undefined:
    case 'ok':
    case 'degraded': {
      const ended = boots.flatMap((one) => (one.result === 'running' ? [] : [one]));
      return `${listNames(boots.map(({ plan }) => plan))} booted ${ago(ended, now)}${work(ended)}`;
    }
    case 'running':
      return `a boot of ${boot.plan} began at ${showMoment(boot.started)} UTC and has not ended`;
    case 'interrupted':
      return `${boot.plan} stopped ${ago([boot], now)}${work([boot])}; the next boot goes on`;
    case 'failed':
      return `${boot.plan} stopped ${ago([boot], now)}${work([boot])}`;
    default:
      return unreachable(boot);
  }
}

function ago(boots: readonly ShortReceipt[], now: number): string {
  return showAgo(boots.at(-1)?.ended ?? '', now);
}

/** What some boots did together; nothing where one of them could not count. */
function work(boots: readonly ShortReceipt[]): string {
  let changes = 0;
  let duration = 0;
  for (const boot of boots) {
    if (boot.changes === null) return '';
    changes += boot.changes;
    duration += boot.duration;
  }
  return `, ${changes === 0 ? 'no change' : plural(changes, 'change')} in ${showDuration(duration)}`;
}

function reasonLines(boots: readonly LastBoot[]): string[] {
  return boots.flatMap((boot) => {
    if (boot.result === 'running') return [];
    return boot.reasons.flatMap(({ about, text, mend }) => {
      const subject = [
        ...(boots.length > 1 ? [boot.plan] : []),
        ...(about === null ? [] : [about]),
      ];
      return [
        ...wrap('  ', [...subject, text].join(': '), 4),
        // An indented line is something to type, which a line break would spoil.
        ...mend.flatMap((line) => (line.startsWith(' ') ? [`    ${line}`] : block(4, line))),
      ];
    });
  });
}
