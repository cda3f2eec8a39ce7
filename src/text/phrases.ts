/** Writes numbers, sizes, lists of names, durations and times the way that people read them. */

/**
 * A number for people: `3,112`. Not by toLocaleString, whose first call loads the tables of all
 * languages: 8 ms, a third of a boot that finds nothing to do.
 */
export function showCount(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A number with its noun: `1 file`, `1,200 files`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${showCount(count)} ${count === 1 ? one : many}`;
}

/** Names in a sentence: `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

const SIZES = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size in bytes: `0 bytes`, `12 KiB`, `1.5 GiB`. */
export function showBytes(bytes: number): string {
  if (bytes < 1024) return counted(bytes, 'byte');
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < SIZES.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ${SIZES[unit] ?? 'KiB'}`;
}

/** A duration in milliseconds: `0.4 ms`, `31 ms`, `1.4 s`, `2 min 5 s`. */
export function showDuration(duration: number): string {
  if (duration < 0.95) return `${duration.toFixed(1)} ms`;
  if (duration < 999.5) return `${Math.round(duration)} ms`;
  if (duration < 59_950) return `${(duration / 1000).toFixed(1)} s`;
  const seconds = Math.round(duration / 1000);
  return `${showCount(Math.floor(seconds / 60))} min ${seconds % 60} s`;
}

const AGES = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'h', seconds: 3600 },
  { unit: 'min', seconds: 60 },
  { unit: 's', seconds: 1 },
] as const;

/** How long ago a timestamp was, in its largest unit: `3 min ago`. A future one is `just now`. */
export function showAgo(timestamp: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(timestamp)) / 1000);
  return seconds < 1 ? 'just now' : `${showSpan(seconds)} ago`;
}

/** A time in seconds, in its largest unit: `0 s`, `3 min`, `2 days`. */
export function showSpan(seconds: number): string {
  const age = AGES.find((candidate) => seconds >= candidate.seconds);
  if (age === undefined) return '0 s';
  const many = Math.floor(seconds / age.seconds);
  return counted(many, age.unit, age.unit === 'day' ? 'days' : age.unit);
}

/** A timestamp in UTC, to the second: `2026-05-21 06:18:05`. */
export function showTimestamp(timestamp: string): string {
  return timestamp.slice(0, '2026-05-21T06:18:05'.length).replace('T', ' ');
}

/** A date as toISOString writes it, whose first call takes a fifth of a millisecond. */
export function timestampOf(date: Date): string {
  const [month, day] = [date.getUTCMonth() + 1, date.getUTCDate()].map(twoDigits);
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(twoDigits);
  const fraction = String(date.getUTCMilliseconds()).padStart(3, '0');
  return `${date.getUTCFullYear()}-${month}-${day}T${time.join(':')}.${fraction}Z`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
