/** A world without what a boot makes up: keys, and its record in the lock of the home. */
export function withoutKeys(world: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...world].map(([path, line]) => [path, masked(path, line)]));
}

function masked(path: string, line: string): string {
  if (path.endsWith('/.hermes-boot.lock')) return line.replace(/\{[^]*/, '*');
  return line.replace(/(API_SERVER_KEY=)[0-9a-f]{64}/, '$1*');
}
