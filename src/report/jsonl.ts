import type { Output } from './output.ts';
import type { Renderer } from './renderer.ts';

/** The events of a boot for programs: one JSON document a line, the last of type boot-finished. */
export function jsonLines(output: Output): Renderer {
  return {
    show(event) {
      output.write(`${JSON.stringify(event)}\n`);
    },
    finish: () => Promise.resolve(),
  };
}
