/** Small JSON records that lie where others can write: marked with what they are, and read with doubt. */
import { as, count, Malformed, object, optional, word, type Codec } from '../text/codec.ts';
import { Content, type Reader } from './content.ts';

/**
 * A record that says what it is, and in which version.
 * @param about what it calls itself: `hermes-boot ids`
 */
export function marked<T extends object>(
  about: string,
  version: number,
  codec: Codec<T>,
): Codec<T> {
  const mark = object({
    about: word(about),
    version: as(
      count,
      (value: number) => value,
      (value) => {
        if (value !== version) throw new Malformed('version', `version ${version}`);
        return value;
      },
    ),
  });
  return {
    encode: (value) => Object.assign({}, mark.encode({ about, version }), codec.encode(value)),
    decode(json, at) {
      mark.decode(json, at);
      return codec.decode(json, at);
    },
  };
}

/** Reads a record; what is not one counts as none. */
export function parseRecord<T>(codec: Codec<T>, text: string): T | undefined {
  try {
    return codec.decode(JSON.parse(text), '');
  } catch (error) {
    if (error instanceof Malformed || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The reader of a record; what is not one counts as none. */
export function recordReader<T>(name: string, codec: Codec<T>): Reader<T | undefined> {
  return { name, codec: optional(codec), read: (text) => parseRecord(codec, text) };
}

/** The content of a record. */
export function recordContent<T>(codec: Codec<T>, record: T): Content {
  return Content.ofText(`${JSON.stringify(codec.encode(record))}\n`);
}
