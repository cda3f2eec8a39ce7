const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size for people: `0 bytes`, `12 KiB`, `1.5 GiB`. */
export function showBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} byte${bytes === 1 ? '' : 's'}`;
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ${UNITS[unit] ?? 'KiB'}`;
}
