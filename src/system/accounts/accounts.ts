import { Problem } from '../../errors/problem.ts';
import type { Owner } from '../entry.ts';
import type { Identity } from '../command.ts';
import { parseGroup, parsePasswd, type GroupRecord, type PasswdRecord } from './records.ts';

/** The accounts and groups of one world at one moment. */
export class Accounts {
  readonly users: readonly PasswdRecord[];
  readonly groups: readonly GroupRecord[];

  /** @param passwd text of passwd(5); @param group text of group(5) */
  constructor(passwd: string, group: string) {
    this.users = parsePasswd(passwd);
    this.groups = parseGroup(group);
  }

  /**
   * The account of that name.
   * @throws Problem when there is none
   */
  user(name: string): PasswdRecord {
    const user = this.users.find((record) => record.name === name);
    if (user !== undefined) return user;
    throw new Problem({
      found: `/etc/passwd has no account ${name}`,
      mend: `create it in the image, for example: useradd --uid 10000 ${name}`,
    });
  }

  /** The primary group of an account: the one named like it, or the first with its gid. */
  primaryGroup(user: PasswdRecord): GroupRecord | undefined {
    const candidates = this.groups.filter((group) => group.gid === user.gid);
    return candidates.find((group) => group.name === user.name) ?? candidates[0];
  }

  /** The first group with that id. */
  groupWithId(gid: number): GroupRecord | undefined {
    return this.groups.find((group) => group.gid === gid);
  }

  /** As whom a command of that account runs: its groups as initgroups(3) sets them. */
  identity(name: string): Identity {
    const user = this.user(name);
    const member = this.groups.filter((group) => group.members.includes(name));
    const groups = [...new Set([user.gid, ...member.map((group) => group.gid)])];
    return { name, uid: user.uid, gid: user.gid, groups, home: user.home };
  }

  /**
   * Reads an owner as plans write it: `hermes`, `hermes:docker`, `1000:100` or `1000:docker`. A
   * name without a group stands for the account and its primary group.
   * @throws Problem when a name is unknown, or a bare number has no account
   */
  owner(text: string): Owner {
    const [userPart = '', groupPart] = text.split(':');
    const numeric = /^\d+$/.test(userPart);
    const user = numeric
      ? this.users.find((record) => record.uid === Number(userPart))
      : this.user(userPart);
    const uid = numeric ? Number(userPart) : user?.uid;
    const gid = groupPart === undefined ? user?.gid : this.#groupId(groupPart);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
    throw new Problem({
      found: `owner ${text} names no group, and no account has uid ${userPart}`,
      wanted: 'user:group',
    });
  }

  #groupId(text: string): number {
    if (/^\d+$/.test(text)) return Number(text);
    const group = this.groups.find((record) => record.name === text);
    if (group !== undefined) return group.gid;
    throw new Problem({ found: `/etc/group has no group ${text}` });
  }
}
