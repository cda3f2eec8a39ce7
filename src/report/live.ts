/** The steps of a boot as a live list on a terminal. */
import type {
  DefaultRenderer,
  ListrDefaultRendererLogLevels,
  ListrTaskWrapper,
  SimpleRenderer,
} from 'listr2';
import { counted, showDuration } from '../text/phrases.ts';
import { printable } from '../text/printable.ts';
import { logLines, showProgress, writeLog, type LogLine } from './boot-log.ts';
import type { EventView, Renderer, StepFinished } from './event-view.ts';
import type { Output } from './paint.ts';

type Wrapper = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

/** A line of the list. It settles with the event that ends its step, or with the boot. */
class Task {
  readonly #ended: Promise<StepFinished | undefined>;
  #wrapper: Wrapper | undefined;
  #output = '';
  /** Ends the task; without an event, its step was not reached. */
  end: (event?: StepFinished) => void = () => undefined;

  constructor() {
    this.#ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  /** Shows what the step does now. */
  update(text: string): void {
    this.#output = text;
    if (this.#wrapper !== undefined) this.#wrapper.output = text;
  }

  async run(id: string, wrapper: Wrapper): Promise<void> {
    this.#wrapper = wrapper;
    if (this.#output !== '') wrapper.output = this.#output;
    const event = await this.#ended;
    if (event === undefined) {
      wrapper.skip(`${id}: not reached`);
      return;
    }
    const why = printable(event.why);
    if (event.status === 'skipped') wrapper.skip(`${id}: ${why}`);
    if (event.status === 'blocked') wrapper.skip(`${id}: blocked: ${why}`);
    if (event.status === 'failed') throw new Error(`${id}: ${why}`);
    if (event.made > 0) {
      wrapper.title = `${id}: ${counted(event.made, 'change')}, ${showDuration(event.duration)}`;
    }
  }
}

/**
 * Draws the steps of a boot as a list of tasks. Warnings and the end follow below the list, as in
 * the log.
 * @param terminal the stream that the list draws on
 * @param output the same terminal, for the lines below
 */
export async function liveTasks(terminal: NodeJS.WriteStream, output: Output): Promise<Renderer> {
  const listr2 = await import('listr2');
  // The library asks whether stdout is a terminal; this list draws on stderr.
  class StderrRenderer extends listr2.DefaultRenderer {
    static override nonTTY = true;
  }
  const logger = new listr2.ListrLogger<ListrDefaultRendererLogLevels>({
    processOutput: new listr2.ProcessOutput(terminal, terminal),
    useIcons: true,
  });
  const tasks = new Map<string, Task>();
  const below: LogLine[] = [];
  let drawn: Promise<unknown> = Promise.resolve();

  const start = (steps: readonly string[]): void => {
    for (const id of steps) tasks.set(id, new Task());
    const list = new listr2.Listr<unknown, typeof StderrRenderer, 'simple'>(
      Array.from(tasks, ([id, task]) => ({
        title: id,
        task: (_: unknown, wrapper) => task.run(id, wrapper),
      })),
      {
        renderer: StderrRenderer,
        rendererOptions: { logger },
        exitOnError: false,
        registerSignalListeners: false,
      },
    );
    drawn = list.run();
  };

  const show = (event: EventView): void => {
    if (event.type === 'boot-started') start(event.steps);
    if (event.type === 'change-made') {
      const { subject, effect } = event.change;
      tasks.get(event.step)?.update(printable(`${subject} ${effect}`));
    }
    if (event.type === 'progress') tasks.get(event.step)?.update(showProgress(event));
    if (event.type === 'step-finished') tasks.get(event.step)?.end(event);
    if (event.type === 'boot-finished') for (const task of tasks.values()) task.end();
    const stays =
      event.type === 'boot-finished' || (event.type === 'note' && event.logged !== undefined);
    below.push(...logLines(event).filter(({ level }) => stays || level !== 'info'));
  };

  return {
    show,
    async finish() {
      // A boot that broke off has no event that ends it.
      for (const task of tasks.values()) task.end();
      await drawn;
      for (const { level, text } of below) writeLog(output, level, text);
    },
  };
}
