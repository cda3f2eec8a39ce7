/**
 * A copy of plain data in which every string has gone through `change`, so that what must hold
 * for all of its text cannot be forgotten for a part of it. Keys and the values of `except` stay.
 */
export function mapStrings<T extends object>(
  data: T,
  change: (text: string) => string,
  except: ReadonlySet<string> = new Set(),
): T {
  const copy = structuredClone(data);
  walk(copy, change, except);
  return copy;
}

function walk(data: object, change: (text: string) => string, except: ReadonlySet<string>): void {
  for (const key of Object.keys(data)) {
    const value: unknown = Reflect.get(data, key);
    if (typeof value === 'object' && value !== null) walk(value, change, except);
    else if (typeof value === 'string' && !except.has(key)) Reflect.set(data, key, change(value));
  }
}
