import { EarlyEnd, Interruption } from './end.ts';
import { EXIT } from './exit.ts';
import { main } from './main.ts';
import { openOutput } from './output.ts';

const stdout = openOutput(1);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // Once: whoever asks twice does not want to wait for the change that is being made.
  process.once(signal, () => {
    stop.abort(new Interruption(signal));
  });
}

const cwd = workingDirectory();
const code = main(process.argv.slice(2), {
  stdout,
  stderr: openOutput(2),
  env: process.env,
  get cwd() {
    if (cwd !== undefined) return cwd;
    const mend = 'change to one that is there';
    throw new EarlyEnd('noInput', `the working directory is gone or closed; ${mend}`);
  },
  signal: stop.signal,
  terminal: () => process.stderr,
});
void code.then((value) => {
  // All is written. Left to itself, node would take the heap apart first.
  process.exit(value === 0 && stdout.failure !== undefined ? EXIT.io.code : value);
});

/** Undefined where it cannot be told; not every command needs it. */
function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}
