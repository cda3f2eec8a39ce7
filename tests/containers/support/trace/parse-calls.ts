/** Reads what strace(1) has written: system calls in the order in which they began. */

/** A system call. */
export interface Call {
  /** The thread that made it, as this machine counts threads. */
  readonly thread: number;
  readonly name: string;
  readonly args: readonly string[];
  /** What stands behind `=`; empty where it has not come back. */
  readonly result: string;
  /** As strace wrote it, in one line. */
  readonly line: string;
}

/** A call that is being put together from its two halves. */
interface Half {
  readonly thread: number;
  text: string;
}

const UNFINISHED = ' <unfinished ...>';
const RESUMED = /^<\.\.\. \w+ resumed>/;

/** The calls of a trace that was written with `-f -y --decode-pids=pidns -e abbrev=none`. */
export function parseCalls(trace: string): Call[] {
  const halves: Half[] = [];
  const open = new Map<number, Half>();
  for (const line of trace.split('\n')) {
    const [, digits = '', text = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const thread = Number(digits);
    if (text === '' || /^(?:\+\+\+|---)/.test(text)) continue;
    const begun = open.get(thread);
    if (RESUMED.test(text) && begun !== undefined) {
      begun.text += text.replace(RESUMED, '');
      open.delete(thread);
      continue;
    }
    const half = { thread, text: text.replace(UNFINISHED, '') };
    halves.push(half);
    if (text.endsWith(UNFINISHED)) open.set(thread, half);
  }
  return halves.flatMap(parseCall);
}

function parseCall({ thread, text }: Half): Call[] {
  const start = text.indexOf('(');
  const name = text.slice(0, start);
  if (!/^\w+$/.test(name)) return [];
  const { args, end } = splitArguments(text, start + 1);
  const result = text.slice(end).replace(/^\)?\s*=\s*/, '');
  // strace shows a call that is younger than itself by its number, and its arguments not at all.
  if (name === 'syscall_0x1c4' && !result.startsWith('-1')) {
    throw new Error(`this strace does not know fchmodat2(2), which ${thread} has made: ${text}`);
  }
  return [{ thread, name, args, result, line: `${thread} ${text}` }];
}

/** Splits at the commas that are in no string, list or path. */
function splitArguments(text: string, start: number): { args: string[]; end: number } {
  const args: string[] = [];
  let depth = 0;
  let from = start;
  let at = start;
  for (; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '"') at = endOfString(text, at);
    else if (char === '<' && /[\dD]/.test(text[at - 1] ?? '')) at = text.indexOf('>', at);
    else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char) && depth > 0) depth--;
    else if (char === ')') break;
    else if (char === ',' && depth === 0) {
      args.push(text.slice(from, at).trim());
      from = at + 1;
    }
    if (at < 0) break;
  }
  const last = text.slice(from, at < 0 ? undefined : at).trim();
  return { args: last === '' ? args : [...args, last], end: at < 0 ? text.length : at };
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' };

/** The text of an argument that is a string. */
export function textOf(argument = ''): string {
  const [, inner = ''] = /^"(.*)"(?:\.\.\.)?$/s.exec(argument) ?? [];
  return inner.replaceAll(/\\([0-7]{1,3}|.)/gs, (_, escape: string) =>
    /^[0-7]/.test(escape)
      ? String.fromCharCode(Number.parseInt(escape, 8))
      : (ESCAPES[escape] ?? escape),
  );
}

/** The strings of an argument that is a list of them. */
export function textsOf(argument = ''): string[] {
  return [...argument.matchAll(/"(?:[^"\\]|\\.)*"/gs)].map(([string]) => textOf(string));
}

/** The number and the path of a descriptor, as `-y` shows both: `3</etc/passwd>`. */
export function descriptorOf(argument = ''): { fd: string; path: string } | undefined {
  const [, fd, path] = /^(\d+|AT_FDCWD)<(.*?)>/.exec(argument) ?? [];
  return fd === undefined || path === undefined ? undefined : { fd, path };
}
