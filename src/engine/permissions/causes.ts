/**
 * The causes that keep changes from being made here, in the words of those who run containers.
 */
import type { Cause } from '../../errors/problem.ts';
import { type Facts, showIds, type IdRange } from '../../step/facts.ts';
import { showMode, showOwner, type Stat } from '../../system/entry.ts';
import { isOwnerless, type MountPoint } from '../../system/mounts.ts';

/** The capabilities that changes take; see capabilities(7). */
export type Capability = 'CHOWN' | 'DAC_OVERRIDE' | 'FOWNER' | 'SETGID' | 'SETUID';

const DENIED: Readonly<Record<Capability, Pick<Cause, 'denies' | 'effect'>>> = {
  CHOWN: {
    denies: 'cannot change owners here',
    effect:
      'Everything keeps the owner that it has. What belongs to another user stays closed to the ' +
      'account that the services run as.',
  },
  FOWNER: {
    denies: 'cannot change the modes of what belongs to other users here',
    effect: 'Files keep the mode that they have: secrets may stay open to others.',
  },
  DAC_OVERRIDE: {
    denies: 'cannot write where only other users may',
    effect: 'What is missing or outdated in the directories of other users stays so.',
  },
  SETUID: {
    denies: 'cannot run anything as another user here',
    effect: 'What the account of the services has to do itself, such as a migration, is not done.',
  },
  SETGID: {
    denies: 'cannot run anything with the groups of another user here',
    effect: 'What the account of the services has to do itself, such as a migration, is not done.',
  },
};

/** A capability that this process lacks; without root it lacks them all, which is one cause. */
export function lacking(capability: Capability, facts: Facts): Cause {
  if (facts.uid !== 0) return notRoot(facts);
  const found = `CAP_${capability} is missing`;
  return { key: `capability:${capability}`, found, ...DENIED[capability], mend: mend() };

  function mend(): string[] {
    if (facts.bounding.has(capability)) {
      return [
        'the container has it, but something inside has given it up: run hermes-boot without ' +
          'capsh, setpriv or their like before it',
      ];
    }
    return [
      `start the container with --cap-add ${capability}`,
      `  compose:     cap_add: [${capability}]`,
      `  Kubernetes:  securityContext: { capabilities: { add: [${capability}] } }`,
    ];
  }
}

function notRoot({ uid }: Facts): Cause {
  return {
    key: 'not-root',
    denies: 'cannot change owners, accounts or what belongs to other users',
    found: `this is uid ${uid}, not root`,
    effect: `Everything that does not belong to uid ${uid} stays as it is.`,
    mend: [
      'start the container as root: without --user, user: of compose and runAsUser of Kubernetes',
      'or boot with a plan that needs no root:',
      '  hermes-boot run unprivileged',
    ],
  };
}

/** A directory to which this process may not write. */
export function closed(directory: string, stat: Stat | undefined, facts: Facts): Cause {
  const { uid, gid } = facts;
  const look = stat === undefined ? '' : ` (${showMode(stat.mode)} ${showOwner(stat)})`;
  return {
    key: `closed:${directory}`,
    denies: `cannot make or replace anything in ${directory}`,
    found: `uid ${uid} may not write to it${look}`,
    effect: 'What is missing there stays missing, and what is there stays as it is.',
    mend: [
      `give it to this user where it comes from: chown ${uid}:${gid}`,
      '  Kubernetes:  securityContext: { fsGroup: … }, one of its groups',
      ...(uid === 0 ? [] : ['or start the container as root']),
    ],
  };
}

/** An id that this user namespace does not have. */
export function unmapped(kind: 'uid' | 'gid', id: number, { ids }: Facts): Cause {
  const ranges = kind === 'uid' ? ids.users : ids.groups;
  return {
    key: `unmapped:${kind}:${id}`,
    denies: 'cannot give files to their owner',
    found: `${kind} ${id} does not exist here, the user namespace ${mapsOnly(ranges)}`,
    effect: 'Everything keeps the owner that it has, and no service can be started with this id.',
    mend: [
      'have the container engine map it, or another id that PUID and PGID then name:',
      `  podman:      --userns keep-id:uid=${id},gid=${id}`,
      '  rootless:    65536 ids for the user in /etc/subuid and /etc/subgid',
      'or boot with a plan that needs no other user:',
      '  hermes-boot run unprivileged',
    ],
  };
}

/** What belongs to ids that this user namespace does not have: not even its root may touch it. */
export function foreign(facts: Facts): Cause {
  const { users, groups } = facts.ids;
  const same = showIds(users) === showIds(groups);
  return {
    key: 'foreign-owner',
    denies: 'cannot change what belongs to ids that do not exist here',
    found: `the user namespace ${mapsOnly(users)}${same ? '' : ` and, of groups, ${showIds(groups)}`}`,
    effect:
      'Such files look as if they belonged to nobody (65534). They keep owner and mode, and who ' +
      'runs here has the rights to them that anybody has.',
    mend: [
      'give them to the user of the container on the host:',
      '  podman:      podman unshare chown -R 0:0 DIRECTORY',
      '  others:      sudo chown -R "$(id -u):$(id -g)" DIRECTORY',
    ],
  };
}

function mapsOnly(ranges: readonly IdRange[]): string {
  const shown = showIds(ranges);
  return /\D/.test(shown) ? `maps ${shown}` : `maps only ${shown}`;
}

/** A mount on which nothing can be changed. */
export function readOnly({ point }: MountPoint): Cause {
  const isRoot = point === '/';
  return {
    key: `read-only:${point}`,
    denies: isRoot ? 'cannot change the files of the image' : `cannot change anything on ${point}`,
    found: `${isRoot ? 'the root file system' : point} is mounted read-only`,
    effect: isRoot
      ? 'They stay as they are: accounts keep the ids of the image, whatever PUID and PGID say.'
      : 'Nothing on it can be made, changed or given to anybody, and services cannot write there.',
    mend: isRoot
      ? [
          'start the container without --read-only (compose: read_only, Kubernetes: ' +
            'readOnlyRootFilesystem)',
          'or leave it so, without PUID and PGID, and mount what has to be written:',
          '  --tmpfs PATH, -v VOLUME:PATH',
        ]
      : [
          'mount it writable:',
          `  docker run:  -v …:${point} without :ro`,
          '  compose:     the volume without read_only: true or :ro',
          '  Kubernetes:  volumeMounts without readOnly: true',
          'a disk that had errors is read-only on the host, too: see dmesg there',
        ],
  };
}

/** A single file that is mounted read-only, in which something should change. */
export function readOnlyFile(path: string): Cause {
  return {
    key: `read-only:${path}`,
    denies: `cannot change ${path}`,
    found: 'it is a file that is mounted read-only',
    effect: 'It keeps its content; what the plan would change in it is not done.',
    mend: [
      'make the change in the file on the host, or mount it writable:',
      `  docker run:  -v …:${path} without :ro`,
      '  compose:     the volume without read_only: true or :ro',
      '  Kubernetes:  volumeMounts without readOnly: true; ConfigMaps and Secrets are read-only always',
    ],
  };
}

/** A mount from which nothing is executed. */
export function noExec({ point }: MountPoint): Cause {
  return {
    key: `noexec:${point}`,
    denies: `cannot start services from ${point}`,
    found: `${point} is mounted noexec`,
    effect: 'No gateway comes up: s6 executes the scripts that lie there (#34628).',
    mend: [
      'mount it without noexec:',
      `  docker run:  --tmpfs ${point}:rw,exec`,
      `  compose:     tmpfs: ['${point}:exec']`,
      `  Kubernetes:  an emptyDir at ${point} has no noexec`,
    ],
  };
}

/** A mount on which not even root changes an owner. */
export function squashed(mount: MountPoint): Cause {
  const { point, type } = mount;
  return {
    key: `root-squash:${point}`,
    denies: `cannot change owners on ${point}`,
    effect:
      'Everything there keeps its owner, and new files get the one that is set for the share.',
    ...(isOwnerless(mount)
      ? {
          found: `${type} does not store owners: the mount options decide`,
          mend: ['mount it with uid=, gid= and forceuid set to the ids of the services'],
        }
      : {
          found: `the server of ${point} (${type}) refuses that to root (root squash)`,
          mend: [
            'let the server trust root: no_root_squash in /etc/exports, or no mapping on a NAS',
            'or have it give the directory to the ids of the services, and set PUID and PGID to them',
            'or start the container as the owner of the share, with a plan that needs no root:',
            '  docker run --user UID:GID … hermes-boot run unprivileged',
          ],
        }),
  };
}
