/** What a boot keeps of itself, and nothing else of a world. */
const RECEIPT = /\/(?:\.hermes-boot\/history\.jsonl(?:\.1)?|run\/hermes-boot\/status\.json)$/;

/** What a home remembers of ids says since when it has each of them. */
const IDS = '/.hermes-boot.ids';

/** A snapshot without what its receipts say, and without moments: each boot has its own. */
export function withoutReceipts(world: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    [...world].map(([path, line]) => {
      if (RECEIPT.test(path)) return [path, line.replace(/\{.*$/s, '')];
      return [path, path.endsWith(IDS) ? line.replaceAll(/"since":\d+/g, '"since":0') : line];
    }),
  );
}
