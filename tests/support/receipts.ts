/** What a boot keeps of itself, and nothing else of a world. */
const RECEIPT = /\/(?:\.hermes-boot\/history\.jsonl(?:\.1)?|run\/hermes-boot\/status\.json)$/;

/** A snapshot without what its receipts say: each boot has its own. */
export function withoutReceipts(world: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    [...world].map(([path, line]) => [
      path,
      RECEIPT.test(path) ? line.replace(/\{.*$/s, '') : line,
    ]),
  );
}
