import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Plan } from './plan.ts';

/** Tells a plan from every other one, wherever its files lie. */
export function digestOfPlan(plan: Plan): string {
  return createHash('sha256').update(JSON.stringify(plan, canonical)).digest('hex');
}

/** Files by their names alone, and properties in one order. */
function canonical(key: string, value: unknown): unknown {
  if (key === 'file' && typeof value === 'string') return basename(value);
  if (key === 'files' && Array.isArray(value)) return value.map((file) => basename(String(file)));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
