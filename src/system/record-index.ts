/**
 * Finds records in the text of an account database. Of 100,000 lines only those are taken apart that
 * may be the answer: an account server can have as many, and a boot asks for one account.
 */

/** The records of passwd(5) or group(5), in the order of the file. */
export class RecordIndex<T extends { readonly name: string }> {
  readonly #text: string;
  readonly #parse: (line: string) => T | undefined;
  /** What was asked for before, by its needle: a boot asks for the same account at each step. */
  readonly #candidates = new Map<string, readonly T[]>();

  /** @param parse reads a line; undefined for one of another form */
  constructor(text: string, parse: (line: string) => T | undefined) {
    this.#text = text;
    this.#parse = parse;
  }

  /** The first record of that name. */
  named(name: string): T | undefined {
    const candidates = this.#lines(`name ${name}`, `${name}:`, (at) => this.#startsLine(at));
    return candidates.find((record) => record.name === name);
  }

  /** All that hold a number in a field, as long as another one follows, and for which `is` is true. */
  withNumber(number: number, is: (record: T) => boolean): readonly T[] {
    return this.#lines(`number ${number}`, `${number}:`, (at) => this.#startsNumber(at)).filter(is);
  }

  /** All whose line holds a text, and for which `is` is true. */
  mentioning(text: string, is: (record: T) => boolean): readonly T[] {
    return this.#lines(`text ${text}`, text, () => true).filter(is);
  }

  #startsLine(at: number): boolean {
    return at === 0 || this.#text[at - 1] === '\n';
  }

  /** Whether nothing but zeros stands between a place and the colon before it. */
  #startsNumber(at: number): boolean {
    let before = at - 1;
    while (this.#text[before] === '0') before -= 1;
    return this.#text[before] === ':';
  }

  /** The records of all lines in which `needle` stands at a place that counts. */
  #lines(key: string, needle: string, counts: (at: number) => boolean): readonly T[] {
    const known = this.#candidates.get(key);
    if (known !== undefined) return known;
    const text = this.#text;
    const records: T[] = [];
    let at = text.indexOf(needle);
    while (at !== -1) {
      let next = at + 1;
      if (counts(at)) {
        const end = endOfLine(text, at);
        const record = this.#parse(text.slice(text.lastIndexOf('\n', at - 1) + 1, end));
        if (record !== undefined) records.push(record);
        next = end + 1;
      }
      at = next > text.length ? -1 : text.indexOf(needle, next);
    }
    this.#candidates.set(key, records);
    return records;
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
