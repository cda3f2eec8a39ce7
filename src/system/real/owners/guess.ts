/** From how many directories below the top of a tree something can be told of the others. */
const ENOUGH = 4;

/** Guesses how many entries a tree has, from the directories that have been read of it so far. */
export class SizeGuess {
  /** Below the top: it tells how many directories there are, not what they hold. */
  #directories = -1;
  #entries = 0;

  /** A directory holds so many entries; the first one is the top. */
  read(entries: number): void {
    this.#directories += 1;
    if (this.#directories > 0) this.#entries += entries;
  }

  /** How many entries so many others may hold; 0 where too little is known to say. */
  of(directories: number): number {
    if (this.#directories < ENOUGH) return 0;
    return (this.#entries / this.#directories) * directories;
  }
}
