import type { MemoryNode } from '../../src/system/memory-node.ts';
import { join } from '../../src/system/path.ts';
import type { SimulatedSystem } from '../../src/system/simulated.ts';
import type { Command } from '../../src/system/system.ts';
import { FaultySystem } from './faulty.ts';
import { special } from './world.ts';

/** The scan directory of a test world. */
export const SCANDIR = '/run/service';

/** A FIFO from which a process reads. */
export function listened(owner = '0:0', mode = 0o600): MemoryNode {
  const node = special('fifo', { owner, mode });
  return { type: 'fifo', stat: node.stat, listens: true };
}

/** What an image with s6-overlay has, and an s6-svscan that runs. */
export const S6: Readonly<Record<string, MemoryNode>> = {
  '/command/with-contenv': special('device', { mode: 0o755 }),
  '/command/s6-svscanctl': special('device', { mode: 0o755 }),
  '/command/s6-setuidgid': special('device', { mode: 0o755 }),
  '/command/s6-log': special('device', { mode: 0o755 }),
  [`${SCANDIR}/.s6-svscan/control`]: listened(),
  [`${SCANDIR}/.s6-svscan/lock`]: special('device', { mode: 0o600 }),
};

/** A world in which a rescan has the effect that it has: a supervisor for every slot. */
export class S6World extends FaultySystem {
  /** @param writes how many happen before the process is killed */
  constructor(base: SimulatedSystem, writes = Infinity) {
    super(base, writes);
  }

  override async run(command?: Command): Promise<void> {
    await super.run();
    if (command?.argv[0].endsWith('s6-svscanctl') !== true) return;
    for (const name of this.list(SCANDIR)) {
      if (name.startsWith('.')) continue;
      for (const service of [name, `${name}/log`]) this.#supervise(join(SCANDIR, service));
    }
  }

  #supervise(service: string): void {
    const control = join(service, 'supervise/control');
    const entry = this.overlay.look(control);
    if (entry.type === 'fifo') {
      this.overlay.put(control, { type: 'fifo', stat: entry.stat, listens: true });
    }
  }
}
