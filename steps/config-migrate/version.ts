import { count, object, text, variant, word, type Codec } from '../../src/text/codec.ts';

/** The version that a configuration says it is of. */
export type Version =
  | { readonly kind: 'known'; readonly version: number }
  | { readonly kind: 'unversioned' }
  /** It cannot be read, or is no mapping: `reason` says so as the end of a sentence. */
  | { readonly kind: 'invalid'; readonly reason: string };

const FORMS = {
  known: object({ kind: word('known'), version: count }),
  unversioned: object({ kind: word('unversioned') }),
  invalid: object({ kind: word('invalid'), reason: text }),
};

export const versionCodec: Codec<Version> = variant<Version>('kind', FORMS);

/** What the lines of a configuration tell of its version. */
export type Glance = Version | { readonly kind: 'doubtful' };

export const glanceCodec: Codec<Glance> = variant<Glance>('kind', {
  ...FORMS,
  doubtful: object({ kind: word('doubtful') }),
});

/** A version as a number: a file without one is older than all. */
export function versionNumber(version: Exclude<Version, { kind: 'invalid' }>): number {
  return version.kind === 'known' ? version.version : 0;
}
