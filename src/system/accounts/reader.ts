import { text } from '../../text/codec.ts';
import type { Reader } from '../content.ts';
import { fieldsOf, isName } from './records.ts';

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
