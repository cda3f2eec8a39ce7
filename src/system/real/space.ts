import { statfsSync } from 'node:fs';
import { Problem } from '../../errors/problem.ts';
import { showBytes } from '../../text/phrases.ts';
import type { MountPoint } from '../mounts.ts';

/**
 * The problem of a file system on which nothing fits any more.
 *
 * @param doing what was being done to which path: `writing /opt/data/.env`
 * @param host a path of this machine on that file system
 * @param needed in bytes, where that is known
 */
export function outOfSpace(
  doing: string,
  host: string | Buffer,
  mount: MountPoint | undefined,
  needed: number | undefined,
): Problem {
  const { bavail, bsize, blocks, files, ffree } = statfsSync(host);
  const point = mount?.point ?? '/';
  const isFull = files > 0 && ffree === 0 && bavail > 0;
  const left = isFull
    ? `no further file fits on it, of ${files}`
    : `${showBytes(bavail * bsize)} of ${showBytes(blocks * bsize)} are free`;
  const takes = needed === undefined ? '' : ` takes ${showBytes(needed)}, and`;
  return new Problem({
    found: `${doing}${takes === '' ? ':' : takes} no space is left on ${point} (ENOSPC)`,
    errno: 'ENOSPC',
    cause: {
      key: `no-space:${point}`,
      denies: `cannot write on ${point}`,
      found: `no space is left there: ${left}`,
      effect:
        'What could not be written is missing, or as it was before: nothing is half written. ' +
        'Services will fail to write there, too.',
      mend: [
        'free some space on the volume, or make it larger, and start the container again',
        ...(mount?.type === 'tmpfs' ? tmpfs(point) : []),
      ],
    },
  });
}

function tmpfs(point: string): string[] {
  return [
    `  docker run:  --tmpfs ${point}:size=1g`,
    '  Kubernetes:  emptyDir: { medium: Memory, sizeLimit: 1Gi }',
  ];
}
