/** A world without what a boot makes up: keys, and its record in the lock of the home. */
export function withoutKeys(world: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...world].map(([path, line]) => [path, masked(path, line)]));
}

function masked(path: string, line: string): string {
  if (path.endsWith('/.hermes-boot.lock')) return line.replace(/\{[^]*/, '*');
  return line.replace(/(API_SERVER_KEY=)[0-9a-f]{64}/, '$1*');
}

/** The log of the gateways: a boot adds a line for each that it tells s6 of. */
const LOG = /\/logs\/container-boot\.log(?:\.1)?$/;

/**
 * The same without what tells by how many boots it was made: the log of the gateways, and copies
 * before a migration, which are as the file was at that moment, with its owner, and with the new
 * key where a later boot makes up for it.
 */
export function withoutBoot(world: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    [...withoutKeys(world)].filter(([path]) => !/\.bak-v\d/.test(path) && !LOG.test(path)),
  );
}
