/** Writes the status of a container and the history of a home. */
import { SEVERITIES } from '../engine/result.ts';
import {
  jsonOf,
  readStatus,
  shortOf,
  withBoot,
  type KnownBoots,
  type LastBoot,
  type Receipt,
} from '../report/receipt.ts';
import type { Facts } from '../step/facts.ts';
import { canonical } from '../step/paths.ts';
import { refuseSystemDirectory } from '../step/repair.ts';
import type { Owner } from '../system/entry.ts';
import type { KeptFile } from '../system/real/kept-file.ts';
import type { RealSystem } from '../system/real/real.ts';
import {
  historyFile,
  stateDirectory,
  LARGEST_STATUS,
  STATUS_DIRECTORY,
  STATUS_FILE,
} from './locations.ts';

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
   * Replaces the last boot of a plan. A world without /run is not a container's: it has no status.
   * @returns the last boot of every plan that is known
   * @throws Problem when it cannot be written; the old status is then deleted where possible, or
   *   it would be taken for the result of this boot
   */
  put(boot: LastBoot): readonly LastBoot[] {
    this.#file ??= this.#open();
    const file = this.#file;
    if (file === undefined) return [boot];
    if (!file.isOurs) this.#known = readStatus(this.#textOf(file, boot) ?? '');
    const status = withBoot(this.#known, this.#start, boot);
    file.replace(`${jsonOf(status)}\n`, 0o644);
    this.#known = status;
    return status.boots;
  }

  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /**
   * The text of the file. Where it cannot be read, the boots of other plans are unknown too: a
   * boot that begins leaves the file for its end to read, and one that ends deletes it.
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

/**
 * Adds a boot to the history of its home. A missing home is not made; and if the boot did not
 * reach its end, a history is not started.
 *
 * The files belong to the owner of the home, so that they block neither a user of the host who
 * moves the volume, nor a later boot without the privileges of root.
 * @throws Problem when it cannot be written
 */
export function writeHistory(
  system: RealSystem,
  home: string,
  receipt: Receipt,
  { uid, gid, capabilities }: Facts,
): void {
  const owner = (): Owner => {
    const entry = system.look(home);
    return 'stat' in entry && capabilities.has('CHOWN') ? entry.stat : { uid, gid };
  };
  if (system.look(stateDirectory(home)).type === 'missing') {
    if (SEVERITIES[receipt.result] === 'error') return;
    if (system.look(home).type !== 'directory') return;
    refuseSystemDirectory(canonical(system, home), undefined);
    system.createDirectory(stateDirectory(home), 0o755, owner());
  }
  const converged = receipt.result === 'done' && receipt.changes === 0;
  system.appendLine(historyFile(home), jsonOf(converged ? shortOf(receipt) : receipt), owner);
}
