/** Runs a container with strace(1) on process 1 and on what `docker exec` starts in it as root. */
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, runWords, type Container } from '../container.ts';
import { engine, mustDo, type Ended } from '../engine.ts';
import { INIT } from './actors.ts';
import { parseCalls } from './parse-calls.ts';
import { rootActs, TRACED_CALLS, type Act } from './root-acts.ts';
import { accountIn, whyWritable } from './who-can-write.ts';

const MAIN = ['/init', '/opt/hermes/docker/main-wrapper.sh'];
const PROGRAM = ['sh', '-c', 'echo booted; exec sleep infinity'];

const CONTAINER_SETS = 'names what it loads';

/** What root did, and why the account could have had a hand in it; undefined where it could not. */
export interface JudgedAct extends Act {
  readonly why: string | undefined;
}

/** A container whose root processes are watched from the first call of /init on. */
export class TracedContainer implements Container {
  readonly name = `hermes-boot-${randomUUID()}`;
  /** Of this machine: the traces, and what the container waits with. */
  readonly #directory = mkdtempSync(join(tmpdir(), 'hermes-boot-trace-'));
  readonly #traces: {
    readonly file: string;
    readonly actor: string;
    readonly end: Promise<void>;
  }[] = [];
  readonly #why = new Map<string, string>();
  #pid = '';
  #boots = 0;

  constructor() {
    chmodSync(this.#directory, 0o755);
    copyFileSync(join(import.meta.dirname, 'hold.sh'), join(this.#directory, 'hold.sh'));
  }

  readonly exec = (...words: readonly string[]): Promise<Ended> =>
    engine('exec', this.name, ...words);
  readonly ask = (...words: readonly string[]): Promise<string> =>
    mustDo('exec', this.name, ...words);
  readonly execAs = (user: string, ...words: readonly string[]): Promise<Ended> =>
    engine('exec', '--user', user, this.name, ...words);
  readonly logs = (): Promise<Ended> => engine('logs', this.name);

  /** Makes the container and boots it. @param options of `docker run` */
  async run(options: readonly string[]): Promise<void> {
    const held = ['--entrypoint', '/trace/hold.sh', '-v', `${this.#directory}:/trace:ro`];
    const words = [this.#fifo('boot'), ...MAIN, ...PROGRAM];
    const all = runWords({ options: [...options, ...held], words });
    await mustDo('create', '--name', this.name, ...all);
    await this.#boot();
  }

  readonly restart = async (): Promise<void> => {
    await this.stop();
    await this.#boot();
  };

  async #boot(): Promise<void> {
    await mustDo('start', this.name);
    this.#pid = await mustDo('inspect', '-f', '{{.State.Pid}}', this.name);
    await this.#attach(this.#pid, 'boot', INIT);
    this.#boots += 1;
    await eventually(async () => {
      const { stdout, stderr } = await this.logs();
      const booted = stdout.split('\n').filter((line) => line === 'booted').length;
      if (booted < this.#boots) throw new Error(`not booted:\n${stderr}`);
    });
  }

  /** Runs a command as root, as `docker exec` does, and watches it. */
  async traced(...words: readonly string[]): Promise<Ended> {
    const fifo = this.#fifo(randomUUID());
    const ended = engine('exec', this.name, '/trace/hold.sh', fifo, ...words);
    await this.#attach(await eventually(() => Promise.resolve(pidOf(fifo))), fifo, 'docker exec');
    return ended;
  }

  /** Looks who could write where root has been so far. What is gone later is judged now. */
  look(): void {
    const account = accountIn(this.#pid, 'hermes');
    for (const act of this.#acts(false)) {
      const key = keyOf(act);
      if (this.#why.has(key)) continue;
      const why =
        act.deed === 'is given' ? CONTAINER_SETS : whyWritable(account, act.path, act.follows);
      if (why !== undefined) this.#why.set(key, why);
    }
  }

  /** What root has done, each act with the reason that a look found. */
  acts(): JudgedAct[] {
    return this.#acts(true).map((act) => ({ ...act, why: this.#why.get(keyOf(act)) }));
  }

  #acts(isWhole: boolean): Act[] {
    return this.#traces.flatMap(({ file, actor }) =>
      rootActs(parseCalls(readFileSync(file, 'utf8')), actor, isWhole),
    );
  }

  async stop(): Promise<void> {
    this.look();
    await mustDo('stop', this.name);
    await Promise.all(this.#traces.map(({ end }) => end));
  }

  readonly crash = async (): Promise<void> => {
    await mustDo('rm', '-f', '-t', '0', this.name);
  };
  readonly remove = async (): Promise<void> => {
    await engine('rm', '-f', '-v', '-t', '0', this.name);
    rmSync(this.#directory, { recursive: true, force: true });
  };

  #fifo(name: string): string {
    execFileSync('mkfifo', [join(this.#directory, name)]);
    return name;
  }

  /** Starts strace, waits until it watches, and lets the process go. */
  async #attach(pid: string, fifo: string, actor: string): Promise<void> {
    const file = join(this.#directory, `${this.#traces.length}.trace`);
    writeFileSync(file, '');
    const how = ['-f', '-y', '--decode-pids=pidns', '-s', '4096', '-e', 'abbrev=none'];
    const calls = ['-e', 'signal=none', '-e', `trace=${TRACED_CALLS.join(',')}`];
    const strace = spawn('strace', [...how, ...calls, '-o', file, '-p', pid], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const end = new Promise<void>((resolve) => strace.once('close', () => resolve()));
    this.#traces.push({ file, actor, end });
    await new Promise<void>((resolve, reject) => {
      let told = '';
      strace.once('close', () => reject(new Error(`strace has ended: ${told}`)));
      strace.stderr.on('data', (data: Buffer) => {
        told += data.toString();
        if (told.includes('attached')) resolve();
      });
    });
    await writeFile(join(this.#directory, fifo), 'go\n');
  }
}

function keyOf({ path, follows }: Act): string {
  return `${String(follows)} ${path}`;
}

/** The process in a container that waits at a FIFO. */
function pidOf(fifo: string): string {
  const pid = readdirSync('/proc').find((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      return words[1] === '/trace/hold.sh' && words[2] === fifo && /^NSpid:\t\d+\t/m.test(status);
    } catch {
      // It has ended in the meantime.
      return false;
    }
  });
  if (pid === undefined) throw new Error(`nobody waits at ${fifo}`);
  return pid;
}
