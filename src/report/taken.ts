import type { FactsDocument } from '../engine/facts-document.ts';
import { printable } from '../text/printable.ts';
import type { Paint } from './paint.ts';
import { wrap } from './wrap.ts';

/** The line before a plan that is not of this machine. */
export function renderTaken({ taken, by }: FactsDocument, paint: Paint): string {
  const line = `Planned from facts of ${printable(taken)}, taken by hermes-boot ${printable(by)}.`;
  return `${wrap('', line, 2).map(paint.faint).join('\n')}\n`;
}
