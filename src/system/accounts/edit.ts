import { unreachable } from '../../errors/problem.ts';
import { fieldsOf, splitMembers } from './records.ts';

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
