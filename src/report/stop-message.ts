/** Why a boot stopped, as the message that Kubernetes shows for a container that has ended. */
import { mapStrings, printable } from '../text/printable.ts';
import type { Reason, Receipt } from './receipt.ts';

/** In bytes: Kubernetes reads no more. */
const LIMIT = 4096;

/** What ends a message that was longer. */
const MORE = '...\n';

/** The message of boots that stopped, as plain text. */
export function stopMessage(receipts: readonly Receipt[]): string {
  const lines = receipts.flatMap((receipt) => linesOf(mapStrings(receipt, printable)));
  return cut(`${lines.join('\n')}\n`);
}

function linesOf({ plan, result, reasons, steps }: Receipt): string[] {
  const how = result === 'interrupted' ? 'was interrupted; the next boot goes on' : 'stopped';
  // Of a boot that ran the last reason is what stopped it; mistakes of a plan are in their order.
  const first = steps.length > 0 ? reasons.toReversed() : reasons;
  return [`hermes-boot: ${plan} ${how}`, ...first.flatMap(reasonLines)];
}

function reasonLines({ about, text, mend }: Reason): string[] {
  const [first, ...others] = mend;
  return [
    about === null ? text : `${about}: ${text}`,
    ...(first === undefined ? [] : [`Fix: ${first.trim()}`]),
    ...others.map((line) => `     ${line.trim()}`),
  ];
}

function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= LIMIT) return text;
  const kept = bytes.toString('utf8', 0, LIMIT - MORE.length);
  // A character that was cut in the middle.
  return kept.replace(/\uFFFD$/, '') + MORE;
}
