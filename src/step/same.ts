import { Content, type Reader } from '../system/content.ts';
import { flag } from '../text/codec.ts';

/**
 * Whether a file holds the very content that a step would give it. For contents of the plan and
 * the image: facts name them by their digest, so that no secret of a file may be in one.
 */
export function isThis(content: Content): Reader<boolean> {
  return {
    get name() {
      return `whether it has SHA-256 ${content.digest()}`;
    },
    codec: flag,
    read: (text, exact) => exact && Content.ofText(text).equals(content),
  };
}
