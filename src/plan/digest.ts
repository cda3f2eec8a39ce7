import { createHash } from 'node:crypto';
import type { Plan } from './plan.ts';

/** Tells a plan from every other one, wherever its file lies. */
export function digestOfPlan(plan: Plan): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...plan, file: '' }, sorted))
    .digest('hex');
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
