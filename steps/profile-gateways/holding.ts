/** Whether this container runs the gateways of its home, and the service that says so on the volume. */
import type { Change } from '../../src/changes/change.ts';
import { HOLDER_SLOT, holderLayout, otherHolder } from '../../src/gateway/holder.ts';
import { accessFor, isScanned, isSupervised, slotChanges } from '../../src/gateway/slot.ts';
import { s6Program } from '../../src/gateway/slot-layout.ts';
import { warning } from '../../src/step/notes.ts';
import type { Note, StepContext } from '../../src/step/step.ts';
import type { Owner } from '../../src/system/entry.ts';
import { join } from '../../src/system/path.ts';

/** The options that decide it. */
interface Options {
  readonly account: string | undefined;
  readonly role?: string;
  readonly access?: string;
}

/** The slot of the holder. */
interface HolderSlot {
  readonly changes: readonly Change[];
  /** Whether it is new to s6, so that s6 has to look. */
  readonly due: boolean;
}

/** What a boot makes of it. */
interface HoldingPlan {
  /** Whether another container runs the gateways, and this one starts none. */
  readonly isElsewhere: boolean;
  readonly notes: readonly Note[];
  /** @param starts whether a gateway is started here */
  changes(starts: boolean): HolderSlot;
}

/** Looks who runs the gateways of a home. */
export function holdingIn(
  { system, facts, with: options }: StepContext<Options>,
  home: string,
  scandir: string,
  owner: Owner,
): HoldingPlan {
  const other = otherHolder(system, home);
  if (other === 'unknown') {
    return { isElsewhere: false, notes: [], changes: () => ({ changes: [], due: false }) };
  }
  const isForced = options.role === 'gateway';
  const access = accessFor(facts.uid === 0, options.access === 'open' ? 'open' : 'closed', owner);
  return {
    isElsewhere: other !== undefined && !isForced,
    notes: other === undefined ? [] : [noteOf(home, other.shown, isForced)],
    changes(startsGateways) {
      // Beside another holder it would find the lock taken, and take its gateways down.
      const starts = startsGateways && other === undefined;
      const path = join(scandir, HOLDER_SLOT);
      const { account } = options;
      const programs = {
        setuidgid: s6Program(system, 's6-setuidgid'),
        svc: s6Program(system, 's6-svc'),
      };
      const slot = holderLayout({ account, home, scandir, access, starts, ...programs });
      const changes = slotChanges(system, path, slot, {
        label: `says that this container runs the gateways of ${home}, ${starts ? 'to be started' : 'down'}`,
        why: 'another container of this home must know who runs its gateways',
      });
      const isNew = isScanned(system, scandir) && !isSupervised(system, path);
      return { changes, due: isNew || changes.some(({ kind }) => kind === 'slot') };
    },
  };
}

function noteOf(home: string, by: string, isForced: boolean): Note {
  return warning(
    isForced
      ? `the gateways of ${home} are run by ${by}; HERMES_ROLE=gateway starts them here, too, and ` +
          'both answer the same messages'
      : `the gateways of ${home} are run by ${by}; none is started here. When that one is gone, ` +
          'the next start of this container runs them; HERMES_ROLE=gateway starts them all the same',
  );
}
