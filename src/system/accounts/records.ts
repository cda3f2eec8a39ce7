/*
 * The lines of passwd(5), group(5) and gshadow(5). A line that is not of the form (comments, NIS
 * entries) is kept as it is and takes no part in look-ups.
 */

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

/** Reads the accounts of a passwd(5) text. */
export function parsePasswd(text: string): PasswdRecord[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid, , home] = fieldsOf(line, 7) ?? [];
    if (!isName(name) || !isNumber(uid) || !isNumber(gid)) return [];
    return [{ name, uid: Number(uid), gid: Number(gid), home: home ?? '/' }];
  });
}

/** Reads the groups of a group(5) text. */
export function parseGroup(text: string): GroupRecord[] {
  return text.split('\n').flatMap((line) => {
    const [name, , gid, members] = fieldsOf(line, 4) ?? [];
    if (!isName(name) || !isNumber(gid)) return [];
    return [{ name, gid: Number(gid), members: splitMembers(members ?? '') }];
  });
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
