/**
 * Reports what file systems did not keep, at the end of a boot when all of it is known: which file
 * system, what follows, and what the operator can do.
 */
import type { Loss } from './keeping.ts';
import type { Aspect, NotKept } from './mount-knowledge.ts';
import type { Cause } from '../../errors/problem.ts';
import type { BootStep } from '../../plan/plan.ts';
import { showOwner } from '../../system/entry.ts';
import { isOwnerless, type MountPoint } from '../../system/mounts.ts';
import { counted, listed } from '../../text/phrases.ts';

/** What a file system does not keep, and whom that concerns. */
export interface Shortcoming {
  readonly cause: Cause;
  /** The mount point. */
  readonly point: string;
  /** The steps that it concerns, in the order of the plan. */
  readonly steps: readonly BootStep[];
  /** How many of their changes cannot be made. */
  readonly changes: number;
}

/** Who can read what others should not, as far as it is named one by one. */
const NAMED = 3;

const READ_BY_OTHERS = 0o044;

/** What the steps of a boot have lost, one cause for each mount and each kind of loss. */
export function shortcomingsOf(
  reports: readonly { readonly step: BootStep; readonly losses?: readonly Loss[] }[],
): Shortcoming[] {
  const groups = new Map<string, { readonly loss: Loss; readonly step: BootStep }[]>();
  for (const { step, losses = [] } of reports) {
    for (const loss of losses) {
      const key = loss.how === 'never' ? loss.mount.point : `${loss.aspect} ${loss.mount.point}`;
      groups.set(key, [...(groups.get(key) ?? []), { loss, step }]);
    }
  }
  return [...groups.values()].flatMap((group) => {
    const losses = group.map(({ loss }) => loss);
    const [first] = losses;
    if (first === undefined) return [];
    return [
      {
        cause: causeOf(first, losses),
        point: first.mount.point,
        steps: [...new Set(group.map(({ step }) => step))],
        changes: losses.filter(({ isWhole }) => isWhole).length,
      },
    ];
  });
}

function causeOf({ mount, aspect, how }: Loss, losses: readonly Loss[]): Cause {
  const { point } = mount;
  const both = { effect: effectOf(losses), ...HOW[how][aspect](mount) };
  if (how === 'never') {
    return {
      ...both,
      key: `keeps-nothing:${point}`,
      denies: `cannot change owners and modes on ${point}`,
    };
  }
  const what = aspect === 'mode' ? 'modes' : 'owners';
  return { ...both, key: `${what}-not-kept:${point}`, denies: `cannot change ${what} on ${point}` };
}

const ELSEWHERE =
  'or keep the home on a file system that keeps them: a named volume or a directory of a local disk';

type Told = Pick<Cause, 'found' | 'mend'>;

const options = (): string[] => [
  'set them where the share is mounted, with the ids of the services:',
  '  CIFS:               uid=10000,gid=10000,file_mode=0600,dir_mode=0700',
  '  exFAT, FAT, NTFS:   uid=10000,gid=10000,fmask=0177,dmask=0077',
  ELSEWHERE,
];

const HOW: Readonly<Record<NotKept, Readonly<Record<Aspect, (mount: MountPoint) => Told>>>> = {
  never: { mode: nothing, owner: nothing },
  ignored: {
    mode: ({ type }) => ({
      found: `${type} accepts changes of mode (chmod) there and does not keep them`,
      mend: options(),
    }),
    owner: ({ type }) => ({
      found: `${type} accepts changes of owner (chown) there and does not keep them`,
      mend: options(),
    }),
  },
  refused: {
    mode: ({ type }) => ({
      found: `${type} refuses changes of mode (chmod) there, also to root`,
      mend: [
        'set the modes where the files come from, on the host or the server: chmod 600 .env',
        'or mount it without what forbids chmod (bindfs: --chmod-deny)',
        ELSEWHERE,
      ],
    }),
    owner: refusedOwner,
  },
};

function nothing({ type }: MountPoint): Told {
  return {
    found: `${type} keeps no owners and no modes: the options of the mount decide`,
    mend: options(),
  };
}

function refusedOwner(mount: MountPoint): Told {
  if (isOwnerless(mount)) return nothing(mount);
  return {
    found: `${mount.type} refuses changes of owner (chown) there, also to root`,
    mend: [
      'let the server trust root: no_root_squash in /etc/exports, or no mapping on a NAS',
      'or have it give the directory to the ids of the services, and set PUID and PGID to them',
      'or mount it without what forbids chown (bindfs: --chown-deny, --chgrp-deny)',
      ELSEWHERE,
    ],
  };
}

function effectOf(losses: readonly Loss[]): string {
  const open = new Set<string>();
  const others = new Set<string>();
  const owners = new Set<string>();
  for (const { aspect, mode, owner, path } of losses) {
    if (mode !== undefined && (mode.shown & ~mode.asked & READ_BY_OTHERS) !== 0) open.add(path);
    else if (aspect === 'mode') others.add(path);
    else if (owner !== undefined) owners.add(showOwner(owner));
  }
  const parts: string[] = [];
  if (open.size > 0) {
    const secret = (path: string): number => (/\/(?:\.env|auth\.json)$/.test(path) ? 0 : 1);
    const sorted = [...open].sort((a, b) => secret(a) - secret(b) || (a < b ? -1 : 1));
    const more = sorted.length - NAMED;
    const named = [...sorted.slice(0, NAMED), ...(more > 0 ? [counted(more, 'other')] : [])];
    parts.push(`${listed(named)} can be read by everybody who reaches the share.`);
  }
  if (others.size > 0) parts.push(`${counted(others.size, 'entry', 'entries')} keep another mode.`);
  if (owners.size > 0) {
    const whose = [...owners].sort().slice(0, NAMED);
    parts.push(
      `What is there, and what is made there, belongs to ${listed(whose)} and stays so: the ` +
        'services can use what the modes let them.',
    );
  }
  if (parts.length === 0) parts.push('What is made there gets the owner that the share sets.');
  return parts.join(' ');
}
