import { Problem } from '../errors/problem.ts';
import type { Stat } from './entry.ts';
import { isWithin } from './path.ts';

/** Which links a world follows. */
export interface LinkPolicy {
  /**
   * Trees that somebody else can write to, such as the home: no link at or below them is followed,
   * whoever owns it.
   */
  readonly guarded: readonly string[];
  /** The user that this process trusts besides root: itself. */
  readonly self: number;
}

/**
 * Whether a link on the way to something may be followed.
 *
 * A link is trusted when only root (or the user that runs us) can have made it: that user owns it,
 * and owns the directory that holds it, which nobody else can write to. A Debian root has such
 * links (/var/run, /bin). Everything else could be swapped under us (#52781, CWE-59), and is
 * refused, as systemd-tmpfiles(8) refuses "unsafe path transitions".
 *
 * @param path the canonical path of the link
 * @param holder the directory that holds it
 */
export function mayFollow(path: string, link: Stat, holder: Stat, policy: LinkPolicy): boolean {
  if (policy.guarded.some((tree) => isWithin(path, tree))) return false;
  const trusted = (uid: number): boolean => uid === 0 || uid === policy.self;
  const othersWrite = (holder.mode & 0o002) !== 0;
  const groupWrites = (holder.mode & 0o020) !== 0 && holder.gid !== 0;
  return trusted(link.uid) && trusted(holder.uid) && !othersWrite && !groupWrites;
}

/** The refusal to write through a link that is not to be trusted. */
export function behindLink(path: string, at: { link: string; target: string }): Problem {
  return new Problem({
    found: `${at.link}, on the way to ${path}, is a link to ${at.target}`,
    wanted: 'a directory: links that others could have made are not followed (#52781)',
    mend: `replace ${at.link} by a directory`,
  });
}
