import { Content } from '../../src/system/content.ts';
import type { Owner } from '../../src/system/entry.ts';
import { COPY_MODE, copyFor, copyOf } from '../../src/system/in-place.ts';
import { join, nameOf, parentOf } from '../../src/system/path.ts';
import { hiddenName, backupName, tempName } from '../../src/system/temp-names.ts';
import type { MadeCopy } from '../../src/system/new-directory.ts';
import { SimulatedSystem } from '../../src/system/simulated.ts';

/** The death of the process in the middle of a boot: no step and no engine expects it. */
export class Killed extends Error {}

type Write =
  | 'createDirectory'
  | 'writeFile'
  | 'setMode'
  | 'setOwner'
  | 'setTreeOwner'
  | 'remove'
  | 'publish'
  | 'copyTree'
  | 'settle'
  | 'moveDirectory'
  | 'removeTree'
  | 'run';

/** A world in which the process is killed after so many writes. */
export class FaultySystem extends SimulatedSystem {
  #left: number;

  /** @param writes how many writes happen before the kill; Infinity for none */
  constructor(base: SimulatedSystem, writes: number) {
    super(base);
    this.#left = writes;
  }

  override createDirectory(...args: Parameters<SimulatedSystem['createDirectory']>): void {
    this.#count('createDirectory');
    super.createDirectory(...args);
  }

  override writeFile(...args: Parameters<SimulatedSystem['writeFile']>): void {
    const [path, content, mode, owner] = args;
    if (this.#left <= 0 && this.isMountedFile(path) && typeof content !== 'function') {
      this.#tear(path, content, mode, owner);
    }
    this.#count('writeFile');
    super.writeFile(...args);
  }

  override setMode(...args: Parameters<SimulatedSystem['setMode']>): void {
    this.#count('setMode');
    super.setMode(...args);
  }

  override setOwner(...args: Parameters<SimulatedSystem['setOwner']>): void {
    this.#count('setOwner');
    super.setOwner(...args);
  }

  override setTreeOwner(...args: Parameters<SimulatedSystem['setTreeOwner']>): Promise<undefined> {
    this.#count('setTreeOwner');
    return super.setTreeOwner(...args);
  }

  override remove(...args: Parameters<SimulatedSystem['remove']>): void {
    this.#count('remove');
    super.remove(...args);
  }

  /** Killed in the middle, it leaves what is half made beside, as the real one does. */
  override publish(...args: Parameters<SimulatedSystem['publish']>): void {
    const [path, { owner }] = args;
    const half = join(parentOf(path), hiddenName(nameOf(path)));
    if (this.#left <= 0 && this.look(half).type === 'missing') {
      super.publish(half, { owner, mode: 0o700, parts: [] });
    }
    this.#count('publish');
    super.publish(...args);
  }

  /** As the real one: the copy stands beside its name until all of them are settled. */
  override async copyTree(...args: Parameters<SimulatedSystem['copyTree']>): Promise<void> {
    const [path, copy, signal] = args;
    const staged = besides(path, tempName);
    super.removeTree(staged);
    if (this.#left <= 0) {
      await super.copyTree(staged, { ...copy, mode: 0o700, entries: [], replaces: false }, signal);
    }
    this.#count('copyTree');
    await super.copyTree(staged, { ...copy, replaces: false }, signal);
  }

  override settle(copies: readonly MadeCopy[] = []): Promise<void> {
    for (const { path, replaces } of copies) {
      if (replaces) {
        this.#count('settle');
        super.moveDirectory(path, besides(path, backupName));
      }
      this.#count('settle');
      super.moveDirectory(besides(path, tempName), path);
    }
    for (const { path } of copies.filter(({ replaces }) => replaces)) {
      this.#count('settle');
      super.removeTree(besides(path, backupName));
    }
    return Promise.resolve();
  }

  override moveDirectory(...args: Parameters<SimulatedSystem['moveDirectory']>): void {
    this.#count('moveDirectory');
    super.moveDirectory(...args);
  }

  override removeTree(...args: Parameters<SimulatedSystem['removeTree']>): void {
    this.#count('removeTree');
    super.removeTree(...args);
  }

  override async run(): Promise<void> {
    this.#count('run');
    await super.run();
  }

  /** Killed in the middle, a write in place leaves half a file and the copy of both contents. */
  #tear(path: string, to: Content, mode: number, owner: Owner): void {
    const copy = copyFor(path, this);
    if (copy === undefined) return;
    const from = this.read(path);
    super.writeFile(copy, copyOf({ path, from, to }), COPY_MODE, { uid: 0, gid: 0 });
    const half = Buffer.from(from.reveal());
    Buffer.from(to.reveal()).copy(half, 0, 0, Math.ceil(half.length / 2));
    super.writeFile(path, Content.ofBytes(half), mode, owner);
  }

  #count(write: Write): void {
    if (this.#left <= 0) throw new Killed(`killed before ${write}`);
    this.#left -= 1;
  }
}

function besides(path: string, nameOfOther: (name: string) => string): string {
  return join(parentOf(path), nameOfOther(nameOf(path)));
}
