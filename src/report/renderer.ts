import type { RunEvent } from './run-event.ts';

/** Shows the events of a boot as they happen. */
export interface Renderer {
  show(event: RunEvent): void;
  /** Settles when all that was shown has been written. */
  finish(): Promise<void>;
}
