/** Keeps the way down into a tree open, so that going on to a child or sibling costs one open. */
import { closeSync } from 'node:fs';
import { openChild, openDirectory, type Access, type Name } from './open.ts';

/** How many directories are kept open, however deep the tree: a process has few descriptors. */
const KEPT_OPEN = 64;

interface Level {
  readonly name: Name;
  /** Open, or closed again to make room for deeper ones. */
  fd: number | undefined;
}

/**
 * The way from one open directory down to another, kept open so that going on to a child or a
 * sibling costs one open. No link is followed on it.
 */
export class OpenPath {
  readonly #from: number;
  readonly #access: Access;
  readonly #levels: Level[] = [];

  constructor(from: number, access: Access = 'hold') {
    this.#from = from;
    this.#access = access;
  }

  /**
   * Goes to the directory with these names; its descriptor is valid until the next call.
   * @throws the system error of the component that could not be opened
   */
  enter(components: readonly Name[]): number {
    this.#leaveTo(this.#shared(components));
    for (let depth = this.#levels.length; depth < components.length; depth += 1) {
      const name = components[depth] ?? '';
      const fd = openChild(this.#current(), name, this.#access);
      this.#levels.push({ name, fd });
      const tooMany = this.#levels[this.#levels.length - 1 - KEPT_OPEN];
      if (tooMany !== undefined) shut(tooMany);
    }
    return this.#current();
  }

  /** Closes everything. */
  close(): void {
    this.#leaveTo(0);
  }

  #current(): number {
    const last = this.#levels.at(-1);
    if (last === undefined) return this.#from;
    last.fd ??= openDirectory(
      this.#from,
      this.#levels.map((level) => level.name),
      this.#access,
    );
    return last.fd;
  }

  #leaveTo(depth: number): void {
    for (const level of this.#levels.splice(depth)) shut(level);
  }

  #shared(components: readonly Name[]): number {
    const differs = this.#levels.findIndex((level, depth) => !same(level.name, components[depth]));
    return differs === -1 ? this.#levels.length : differs;
  }
}

function same(a: Name, b: Name | undefined): boolean {
  if (typeof a === 'string' || typeof b === 'string' || b === undefined) return a === b;
  return a.equals(b);
}

function shut(level: Level): void {
  if (level.fd !== undefined) closeSync(level.fd);
  level.fd = undefined;
}
