import type { BootView, ProcessView } from './boot-view.ts';
import type { InputView } from './input-view.ts';
import { showSource } from './input-view.ts';
import { pad, widthOf, wrap } from './wrap.ts';

/** The capabilities that a boot can need; see capabilities(7). */
const NEEDED = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'];

/** Wider values do not push the column of origins aside. */
const WIDEST_VALUE = 22;

/** What decides a boot: each input with where it came from, and the rights of the process. */
export function explainInputs({ inputs, process }: BootView): string[] {
  const deciding = inputs.filter((input) => !isUnset(input));
  const names = Math.max(2, ...deciding.map(({ name }) => widthOf(name)));
  const widths = deciding.map((input) => widthOf(showValue(input)));
  const values = Math.min(WIDEST_VALUE, Math.max(0, ...widths));
  const lines = deciding.flatMap((input) => {
    const start = `  ${pad(input.name, names)}  ${pad(showValue(input), values)}  `;
    return wrap(start, showSource(input), names + values + 6);
  });
  return [
    ...lines,
    ...wrap(`  ${pad('as', names)}  `, showProcess(process), names + 4),
    ...notSet(inputs.filter(isUnset)),
  ];
}

/** Whether nobody has said anything about an input. */
function isUnset({ source, refused }: InputView): boolean {
  return source.kind === 'unset' && refused === undefined;
}

/** What else could decide: named by the variables that set it, in one paragraph. */
function notSet(inputs: readonly InputView[]): string[] {
  if (inputs.length === 0) return [];
  return wrap('  not set: ', inputs.flatMap(({ unset }) => unset).join(', '), 4);
}

function showValue({ value }: InputView): string {
  if (value === null) return '-';
  return value === '' ? '""' : String(value);
}

function showIds(ids: ProcessView['ids']): string {
  if (ids === null) return '';
  const { users, groups } = ids;
  const which = users === groups ? users : `uid ${users} and gid ${groups}`;
  return `; in a user namespace that maps ${which}`;
}

function showProcess({ uid, capabilities, assumed, ids }: ProcessView): string {
  const held = NEEDED.filter((name) => capabilities.includes(name));
  const missing = NEEDED.filter((name) => !capabilities.includes(name));
  const user = uid === 0 ? 'root' : `uid ${uid}`;
  const parts = [
    assumed ? `${user} (assumed)` : user,
    held.length > 0 && `with ${held.join(' ')}`,
    missing.length > 0 && `without ${missing.join(' ')}`,
  ];
  return parts.filter((part) => part !== false).join(', ') + showIds(ids);
}
