import { list, nullable, object, text, word, type Codec } from '../../src/text/codec.ts';

/** As many directories as anybody has skills in; a list that is longer was not written by hand. */
const MOST = 64;

const LONGEST = 4096;

/** What a config.yaml says of the directories that supply skills besides the home. */
export interface Delegation {
  /** `doubtful`: the lines do not tell, the parser does. `broken`: that could not read it. */
  readonly state: 'known' | 'doubtful' | 'broken';
  /**
   * Absolute, below `~`, or relative to the home; null where only the agent can tell which one is
   * meant. All of it may leave the machine, and nothing else of the file does.
   */
  readonly directories: readonly (string | null)[];
}

export const delegationCodec: Codec<Delegation> = object<Delegation>({
  state: word('known', 'doubtful', 'broken'),
  directories: list(nullable(text)),
});

/** A delegation to the directories of a list, empty ones left out as the agent does. */
export function delegationTo(entries: readonly (string | null)[]): Delegation {
  const named = entries.map((entry) => entry?.trim() ?? null).filter((entry) => entry !== '');
  const directories = named.slice(0, MOST).map((entry) => (isPath(entry) ? entry : null));
  return {
    state: 'known',
    directories: named.length > MOST ? [...directories, null] : directories,
  };
}

/** Whether it is known which directory is meant: variables and accounts are the agent's to know. */
function isPath(entry: string | null): boolean {
  return (
    entry !== null && entry.length <= LONGEST && !/^~[^/]|\$|\p{Cc}|[\u2028\u2029]/u.test(entry)
  );
}
