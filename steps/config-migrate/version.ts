/** The version that a configuration says it is of. */
export type Version =
  | { readonly kind: 'known'; readonly version: number }
  | { readonly kind: 'unversioned' }
  /** It cannot be read, or is no mapping: `reason` says so as the end of a sentence. */
  | { readonly kind: 'invalid'; readonly reason: string };

/** A version as a number: a file without one is older than all. */
export function versionNumber(version: Exclude<Version, { kind: 'invalid' }>): number {
  return version.kind === 'known' ? version.version : 0;
}
