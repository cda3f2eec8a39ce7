/** What an action did to one gateway. */
export interface Done {
  /** In the past tense, as the end of a sentence that starts with the profile. */
  readonly text: string;
  readonly warnings?: readonly string[];
}
