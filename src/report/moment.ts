import { plural } from './format.ts';

const UNITS = [
  { name: 'day', seconds: 86_400 },
  { name: 'h', seconds: 3600 },
  { name: 'min', seconds: 60 },
  { name: 's', seconds: 1 },
] as const;

/** How long ago a moment was, in its largest unit: `3 min ago`. Clocks that went back are now. */
export function showAgo(moment: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(moment)) / 1000);
  const unit = UNITS.find((candidate) => seconds >= candidate.seconds);
  if (unit === undefined) return 'just now';
  const many = Math.floor(seconds / unit.seconds);
  return `${unit.name === 'day' ? plural(many, 'day') : `${many} ${unit.name}`} ago`;
}

/** A moment for people, in UTC: `2026-05-21 06:18:05`. */
export function showMoment(moment: string): string {
  return moment.slice(0, '2026-05-21T06:18:05'.length).replace('T', ' ');
}

/** A moment as receipts tell it; the first call of toISOString takes a fifth of a millisecond. */
export function momentOf(date: Date): string {
  const [month, day] = [date.getUTCMonth() + 1, date.getUTCDate()].map(twoDigits);
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(twoDigits);
  const fraction = String(date.getUTCMilliseconds()).padStart(3, '0');
  return `${date.getUTCFullYear()}-${month}-${day}T${time.join(':')}.${fraction}Z`;
}

/** Whether a text is a moment of this form. */
export function isMoment(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
