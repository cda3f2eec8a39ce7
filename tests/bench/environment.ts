import { statfsSync } from 'node:fs';
import { availableParallelism, release, tmpdir, type } from 'node:os';

/** What figures depend on, and nothing that says whose machine it was. */
export interface Environment {
  readonly node: string;
  /** Whether that Node starts from a snapshot, as official builds do; unknown in older results. */
  readonly snapshot?: boolean;
  readonly cores: number;
  readonly kernel: string;
  /** That of the temporary directory, where the worlds are made. */
  readonly fileSystem: string;
}

/** By their magic numbers; see statfs(2). */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x01021994: 'tmpfs',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x794c7630: 'overlayfs',
  0x2fc12fc1: 'zfs',
};

/** This machine. */
export function environment(): Environment {
  const magic = statfsSync(tmpdir()).type;
  return {
    node: process.version,
    snapshot: startsFromSnapshot(process.config.variables),
    cores: availableParallelism(),
    kernel: `${type()} ${/^[\d.]+/.exec(release())?.[0] ?? ''}`.trim(),
    fileSystem: FILE_SYSTEMS[magic] ?? `file system 0x${magic.toString(16)}`,
  };
}

function startsFromSnapshot(variables: object): boolean {
  return 'node_use_node_snapshot' in variables && variables.node_use_node_snapshot === true;
}
