/** What a step touches, in words: the paths and accounts that it changes or relies on. */

/**
 * A path or an account that a step may change or relies on. Two steps that touch the same one
 * need an order; `validate` reports where there is none.
 */
export type Touch = PathTouch | AccountTouch;

/** A path that a step may change or, where it says so, only relies on. */
export interface PathTouch {
  readonly kind: 'path';
  readonly path: string;
  readonly aspect: Aspect;
  /** Whether it means everything below the path, too. */
  readonly tree: boolean;
  readonly reads: boolean;
}

interface AccountTouch {
  readonly kind: 'account';
  readonly name: string;
  readonly reads: boolean;
}

/** What of an entry a step decides. `existence` covers content. */
type Aspect = 'existence' | 'mode' | 'owner';

/** One path, several, or none. */
type Paths = string | readonly string[] | undefined;

/** Paths that a step may change: by default whether they exist and what they hold. */
export function mayChange(paths: Paths, ...aspects: readonly Aspect[]): PathTouch[] {
  const list = typeof paths === 'string' ? [paths] : (paths ?? []);
  const all = aspects.length === 0 ? (['existence'] as const) : aspects;
  return list.flatMap((path) =>
    all.map((aspect) => ({ kind: 'path', path, aspect, tree: false, reads: false })),
  );
}

/** Paths that a step relies on and leaves as they are. */
export function reliesOn(paths: Paths, ...aspects: readonly Aspect[]): PathTouch[] {
  return mayChange(paths, ...aspects).map((touch) => ({ ...touch, reads: true }));
}

/** The same of everything at and below the paths. */
export function withTrees(touches: readonly PathTouch[]): PathTouch[] {
  return touches.map((touch) => ({ ...touch, tree: true }));
}

/** An account that a step may change. */
export function mayChangeAccount(name: string): AccountTouch {
  return { kind: 'account', name, reads: false };
}

/** An account that a step relies on. */
export function reliesOnAccount(name: string): AccountTouch {
  return { kind: 'account', name, reads: true };
}

/** The account that an `owner` option relies on; none when it is a number. */
export function reliesOnOwner(owner: string | undefined): AccountTouch[] {
  const [name] = owner?.split(':') ?? [];
  return name === undefined || /^\d/.test(name) ? [] : [reliesOnAccount(name)];
}
