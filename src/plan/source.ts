/** A text that a plan, or a part of one, is read from. */
export interface PlanSource {
  /** The file as messages name it. */
  readonly file: string;
  readonly text: string;
}
