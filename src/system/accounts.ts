/**
 * Reads and edits passwd(5), group(5) and gshadow(5) by records. A line of another form (comments, NIS
 * entries) is kept as it is and takes no part in look-ups.
 */
import { Problem, unreachable } from '../errors/problem.ts';
import type { Reader } from './content.ts';
import type { Owner } from './entry.ts';
import { text } from '../text/codec.ts';
import { RecordIndex } from './record-index.ts';

/** The largest account database that is read, in bytes: of 100,000 accounts it has 5 MB. */
export const ACCOUNTS_LIMIT = 64 * 1024 * 1024;

/** As whom a command runs. */
export interface Identity extends Owner {
  readonly name: string;
  /** Supplementary groups, as initgroups(3) would set them. */
  readonly groups: readonly number[];
  readonly home: string;
}

/** A line of passwd(5). */
export interface PasswdRecord {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** A line of group(5). */
export interface GroupRecord {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** The fields of a line; undefined when it has fewer than `count`. */
export function fieldsOf(line: string, count: number): readonly string[] | undefined {
  const fields = line.split(':');
  return fields.length < count ? undefined : fields;
}

/** Reads a line of passwd(5); undefined for one of another form. */
function parseUser(line: string): PasswdRecord | undefined {
  const [name, , uid, gid, , home] = fieldsOf(line, 7) ?? [];
  if (!isName(name) || !isNumber(uid) || !isNumber(gid)) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home: home ?? '/' };
}

/** Reads a line of group(5); undefined for one of another form. */
function parseGroup(line: string): GroupRecord | undefined {
  const [name, , gid, members] = fieldsOf(line, 4) ?? [];
  if (!isName(name) || !isNumber(gid)) return undefined;
  return { name, gid: Number(gid), members: splitMembers(members ?? '') };
}

/** The names in the member list of a group record. */
export function splitMembers(text: string): string[] {
  return text.split(',').filter((name) => name !== '');
}

/** Whether a text can be the name of an account or group; lines of comments have none. */
export function isName(text: string | undefined): text is string {
  return text !== undefined && /^[^#+\-\s][^\s]*$/.test(text);
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^\d+$/.test(text);
}

/** The accounts and groups of one world at one moment. */
export class Accounts {
  readonly #users: RecordIndex<PasswdRecord>;
  readonly #groups: RecordIndex<GroupRecord>;

  /** @param passwd text of passwd(5); @param group text of group(5) */
  constructor(passwd: string, group: string) {
    this.#users = new RecordIndex(passwd, parseUser);
    this.#groups = new RecordIndex(group, parseGroup);
  }

  /**
   * The account of that name.
   * @throws Problem when there is none
   */
  user(name: string): PasswdRecord {
    const user = this.findUser(name);
    if (user !== undefined) return user;
    throw new Problem({
      found: `/etc/passwd has no account ${name}`,
      mend: `create it in the image, for example: useradd --uid 10000 ${name}`,
    });
  }

  /** The account of that name: the first, if there are several. */
  findUser(name: string): PasswdRecord | undefined {
    return this.#users.named(name);
  }

  /** All accounts with that user id, in the order of the file. */
  usersWithId(uid: number): readonly PasswdRecord[] {
    return this.#users.withNumber(uid, (user) => user.uid === uid);
  }

  /** All accounts whose primary group has that id. */
  usersWithGroup(gid: number): readonly PasswdRecord[] {
    return this.#users.withNumber(gid, (user) => user.gid === gid);
  }

  /** The group of that name: the first, if there are several. */
  findGroup(name: string): GroupRecord | undefined {
    return this.#groups.named(name);
  }

  /** All groups with that id, in the order of the file. */
  groupsWithId(gid: number): readonly GroupRecord[] {
    return this.#groups.withNumber(gid, (group) => group.gid === gid);
  }

  /** All groups that list an account as a member. */
  groupsOf(member: string): readonly GroupRecord[] {
    return this.#groups.mentioning(member, ({ members }) => members.includes(member));
  }

  /** The primary group of an account: the one named like it, or the first with its gid. */
  primaryGroup(user: PasswdRecord): GroupRecord | undefined {
    const candidates = this.groupsWithId(user.gid);
    return candidates.find((group) => group.name === user.name) ?? candidates[0];
  }

  /** The first group with that id. */
  groupWithId(gid: number): GroupRecord | undefined {
    return this.groupsWithId(gid)[0];
  }

  /** As whom a command of that account runs: its groups as initgroups(3) sets them. */
  identity(name: string): Identity {
    const user = this.user(name);
    const member = this.groupsOf(name);
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
    const uid = numeric ? Number(userPart) : this.user(userPart).uid;
    const gid =
      groupPart === undefined
        ? (numeric ? this.usersWithId(uid)[0] : this.user(userPart))?.gid
        : this.#groupId(groupPart);
    if (gid !== undefined) return { uid, gid };
    throw new Problem({
      found: `owner ${text} names no group, and no account has uid ${userPart}`,
      wanted: 'user:group',
    });
  }

  #groupId(text: string): number {
    if (/^\d+$/.test(text)) return Number(text);
    const group = this.findGroup(text);
    if (group !== undefined) return group.gid;
    throw new Problem({ found: `/etc/group has no group ${text}` });
  }
}

/** One edit of one record in passwd(5), group(5) or gshadow(5). */
export type RecordEdit =
  | { readonly edit: 'user-ids'; readonly name: string; readonly uid: number; readonly gid: number }
  | { readonly edit: 'group-id'; readonly name: string; readonly gid: number }
  | {
      readonly edit: 'group-create';
      readonly name: string;
      readonly gid: number;
      readonly member: string;
    }
  | { readonly edit: 'group-member'; readonly name: string; readonly member: string }
  | { readonly edit: 'shadow-group-create'; readonly name: string; readonly member: string }
  | { readonly edit: 'shadow-group-member'; readonly name: string; readonly member: string };

/**
 * The text of an account database after one edit. Every other line, malformed ones included, is
 * kept byte for byte. A record that is not there is not invented: the text comes back unchanged.
 */
export function editRecord(text: string, edit: RecordEdit): string {
  switch (edit.edit) {
    case 'user-ids':
      return editLine(text, edit.name, 7, (fields) =>
        fields.with(2, String(edit.uid)).with(3, String(edit.gid)),
      );
    case 'group-id':
      return editLine(text, edit.name, 4, (fields) => fields.with(2, String(edit.gid)));
    case 'group-create':
      return appendLine(text, `${edit.name}:x:${edit.gid}:${edit.member}`);
    case 'shadow-group-create':
      return appendLine(text, `${edit.name}:!::${edit.member}`);
    case 'group-member':
    case 'shadow-group-member':
      return editLine(text, edit.name, 4, (fields) =>
        fields.with(3, addMember(fields[3] ?? '', edit.member)),
      );
    default:
      return unreachable(edit);
  }
}

function editLine(
  text: string,
  name: string,
  fieldCount: number,
  change: (fields: readonly string[]) => readonly string[],
): string {
  let done = false;
  const lines = text.split('\n').map((line) => {
    const fields = fieldsOf(line, fieldCount);
    if (done || fields?.[0] !== name) return line;
    done = true;
    return change(fields).join(':');
  });
  return lines.join('\n');
}

function appendLine(text: string, line: string): string {
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}

function addMember(list: string, member: string): string {
  const members = splitMembers(list);
  return members.includes(member) ? list : [...members, member].join(',');
}

/** Fields of passwd(5) and of group(5) or gshadow(5) that no step looks at: passwords, names. */
const PASSWD = { count: 7, covered: [1, 4, 6] };
const GROUP = { count: 4, covered: [1] };

/** The lines of passwd(5), group(5) or gshadow(5). Passwords and names of people do not leave. */
export const recordLines: Reader<string> = {
  name: 'the records',
  codec: text,
  read: (lines) => lines,
  leaves: (lines) =>
    lines
      .split('\n')
      .map((line) => covered(line))
      .join('\n'),
};

function covered(line: string): string {
  const fields = [PASSWD, GROUP].find(({ count }) => fieldsOf(line, count) !== undefined);
  const parts = line.split(':');
  if (fields === undefined || !isName(parts[0])) return '';
  return parts
    .slice(0, fields.count)
    .map((field, index) => (fields.covered.includes(index) ? '' : field))
    .join(':');
}
