/** What logs of this project have in common: their size limit, their mode and their lines. */

/** The size from which on a log is moved aside before the next line, in bytes. */
export const LOG_LIMIT = 256 * 1024;

/** The mode of a log that is made. */
export const LOG_MODE = 0o644;

/** The name of the one older generation of a log. */
export function olderLog(name: string): string {
  return `${name}.1`;
}

/** What is appended to a log: each line after the time. */
export function logText(lines: readonly string[], time: string): string {
  return lines.map((line) => `${time} ${line}\n`).join('');
}

/** A moment in local time with its offset from UTC: `2026-05-21T06:18:05+0000`. */
export function localTime(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const minutes = Math.abs(offset);
  const hhmm = [Math.floor(minutes / 60), minutes % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${local}${offset < 0 ? '-' : '+'}${hhmm.join('')}`;
}
