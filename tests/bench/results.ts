import { existsSync, readFileSync } from 'node:fs';
import type { GroupResult } from './group.ts';

/** What docs/benchmarks.json holds. */
export interface Results {
  readonly format: typeof FORMAT;
  readonly groups: Readonly<Record<string, GroupResult>>;
}

/** Another number whenever rows look different. */
const FORMAT = 1;

/** The results of these groups, over what a file of results has of others. */
export function mergeResults(path: string, groups: Results['groups']): Results {
  const before = readResults(path);
  return { format: FORMAT, groups: { ...before?.groups, ...groups } };
}

/** The results in a file; undefined when there is none, or it has another format. */
export function readResults(path: string): Results | undefined {
  if (!existsSync(path)) return undefined;
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return isResults(value) ? value : undefined;
}

/** Only `npm run bench` writes the file, so that its format says all. */
function isResults(value: unknown): value is Results {
  return (
    typeof value === 'object' && value !== null && 'format' in value && value.format === FORMAT
  );
}
