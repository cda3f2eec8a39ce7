import type {
  DefaultRenderer,
  ListrDefaultRendererLogLevels,
  ListrTaskWrapper,
  SimpleRenderer,
} from 'listr2';
import { plural, showDuration } from './format.ts';
import { logLines, showLine, showProgress } from './log-lines.ts';
import type { LogLine } from './log-lines.ts';
import type { Output } from './output.ts';
import { printable } from '../text/printable.ts';
import type { Renderer } from './renderer.ts';
import type { RunEvent, StepFinished } from './run-event.ts';

type Wrapper = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

/** A line of the list: settled by the event that ends its step, or by the end of the boot. */
class Task {
  readonly #ended: Promise<StepFinished | undefined>;
  #wrapper: Wrapper | undefined;
  #output = '';
  /** Ends it; without an event, as one that was not reached. */
  end: (event?: StepFinished) => void = () => undefined;

  constructor() {
    this.#ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  /** Shows one more thing that its step did. */
  tell(text: string): void {
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
      wrapper.title = `${id}: ${plural(event.made, 'change')}, ${showDuration(event.duration)}`;
    }
  }
}

/**
 * The steps of a boot as a list of tasks that a person sees move. What stays to be read, warnings
 * and the end, follows below the list as in the log.
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

  const show = (event: RunEvent): void => {
    if (event.type === 'boot-started') start(event.steps);
    if (event.type === 'change-made') {
      const { subject, effect } = event.change;
      tasks.get(event.step)?.tell(printable(`${subject} ${effect}`));
    }
    if (event.type === 'progress') tasks.get(event.step)?.tell(showProgress(event));
    if (event.type === 'step-finished') tasks.get(event.step)?.end(event);
    if (event.type === 'boot-finished') for (const task of tasks.values()) task.end();
    const stays = event.type === 'boot-finished';
    below.push(...logLines(event).filter(({ level }) => stays || level !== 'info'));
  };

  return {
    show,
    async finish() {
      // A boot that broke off never said that it ended.
      for (const task of tasks.values()) task.end();
      await drawn;
      for (const line of below) output.write(showLine(line));
    },
  };
}
