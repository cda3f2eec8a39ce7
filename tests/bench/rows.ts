import { roundsOf, type Row, type Settings } from './group.ts';
import { compare, lackingForCold, peakMemory, type Peer, type Rounds } from './measure.ts';

/** Two commands to be timed in turn. */
export interface Pair extends Rounds {
  /** By which goals.ts knows it. */
  readonly id: string;
  /** What `subject` does, in words. */
  readonly what: string;
  readonly subject: Peer;
  readonly peer: Peer;
}

/** Times two commands in turn, where the caches can be made as they are to be. */
export function against(settings: Settings, pair: Pair): Row {
  const { id, what, subject, peer, cache } = pair;
  const reason = cache === 'cold' ? lackingForCold() : undefined;
  if (reason !== undefined) return { kind: 'skipped', id, what, reason };
  settings.say(`${what}, and ${peer.name} (${cache})`);
  const rounds = roundsOf(settings, pair.rounds);
  return {
    kind: 'ratio',
    id,
    what,
    peer: peer.name,
    cache,
    ...compare(subject, peer, { rounds, cache }),
  };
}

/** The largest resident size of a command of Node. */
export function memoryOf({ id, what, subject }: Pick<Pair, 'id' | 'what' | 'subject'>): Row {
  return { kind: 'figure', id, what, value: peakMemory(subject), unit: 'MiB' };
}
