import { readStatus, withBoot } from '../../report/receipt.ts';
import type { KnownBoots, LastBoot } from '../../report/receipt.ts';
import { jsonOf } from '../../report/receipt.ts';
import type { KeptFile } from '../../system/real/kept-file.ts';
import type { RealSystem } from '../../system/real/real.ts';
import { LARGEST_STATUS, STATUS_DIRECTORY, STATUS_FILE } from './places.ts';

/** The status of a container, for the boot that writes it. */
export class StatusFile {
  readonly #system: RealSystem;
  readonly #start: string;
  #file: KeptFile | undefined;
  #known: KnownBoots | undefined;

  /** @param start see startOfContainer */
  constructor(system: RealSystem, start: string) {
    this.#system = system;
    this.#start = start;
  }

  /**
   * Puts a boot in place of the last one of its plan. A world without /run is not a container's:
   * nobody asks there.
   * @throws Problem when it cannot be written; what was there is then gone if it can be, or it would
   *   be taken for how this boot went
   */
  put(boot: LastBoot): void {
    this.#file ??= this.#open();
    const file = this.#file;
    if (file === undefined) return;
    if (!file.isOurs) this.#known = readStatus(this.#textOf(file, boot) ?? '');
    const status = withBoot(this.#known, this.#start, boot);
    file.replace(`${jsonOf(status)}\n`, 0o644);
    this.#known = status;
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /**
   * What is there. Where that cannot be read, the boots of other plans are not known either: a
   * boot that begins leaves the file for its end to read, and one that ends takes it away.
   */
  #textOf(file: KeptFile, boot: LastBoot): string | undefined {
    try {
      return file.read(LARGEST_STATUS);
    } catch (error) {
      if (boot.result !== 'running') file.discard();
      throw error;
    }
  }

  #open(): KeptFile | undefined {
    const file = this.#system.keep(STATUS_FILE);
    if (file !== undefined || this.#system.look('/run').type === 'missing') return file;
    const owner = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
    this.#system.createDirectory(STATUS_DIRECTORY, 0o755, owner);
    return this.#system.keep(STATUS_FILE);
  }
}
