/** A step as far as the time that it took goes. */
interface Timed {
  readonly step: { readonly id: string; readonly needs: readonly string[] };
  readonly duration: number;
}

/** The chain of steps, each needing the one before, that took longest. */
export interface CriticalPath {
  /** In milliseconds, of all of them together. */
  readonly duration: number;
  readonly steps: readonly { readonly step: string; readonly duration: number }[];
}

/** A chain that ends at a step. */
interface Chain {
  readonly last: Timed;
  readonly before: Chain | undefined;
  readonly duration: number;
}

/**
 * What a boot could not have been quicker than, however many of its steps ran at the same time.
 * @param steps each after those that it needs
 */
export function criticalPath(steps: readonly Timed[]): CriticalPath {
  const chains = new Map<string, Chain>();
  for (const last of steps) {
    const before = longest(last.step.needs.flatMap((id) => chains.get(id) ?? []));
    const duration = last.duration + (before?.duration ?? 0);
    chains.set(last.step.id, { last, before, duration });
  }
  const path: CriticalPath['steps'][number][] = [];
  const whole = longest([...chains.values()]);
  for (let chain = whole; chain !== undefined; chain = chain.before) {
    path.unshift({ step: chain.last.step.id, duration: chain.last.duration });
  }
  return { duration: whole?.duration ?? 0, steps: path };
}

/** Of chains that took equally long, the first. */
function longest(chains: readonly Chain[]): Chain | undefined {
  return chains.reduce<Chain | undefined>(
    (most, chain) => (most !== undefined && most.duration >= chain.duration ? most : chain),
    undefined,
  );
}
