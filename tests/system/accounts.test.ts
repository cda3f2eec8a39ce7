import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Accounts, fieldsOf, isName, splitMembers } from '../../src/system/accounts.ts';
import { RecordIndex } from '../../src/system/record-index.ts';

/** Few of each, so that they meet: one is the end of another, and zeros stand in front. */
const NAMES = ['a', 'b', 'ab', 'ba', 'root', '1', '10', 'x1', 'ä'];
const IDS = ['0', '1', '10', '01', '010', '110', '1000'];

const name = fc.constantFrom(...NAMES);
const id = fc.constantFrom(...IDS);
const odd = fc.constantFrom(
  '',
  '# a:x:1:',
  '+::::::',
  'a',
  ':x:1:1:::',
  'a:x:ten:1:::',
  ' a:x:1:a',
);

const userLine = fc
  .tuple(name, fc.constantFrom('x', '', '10'), id, id, fc.constantFrom('', '1', 'a:b'), name)
  .map(([own, password, uid, gid, text, home]) =>
    [own, password, uid, gid, text, home, ''].join(':'),
  );
const groupLine = fc
  .tuple(name, fc.constantFrom('x', '', '10'), id, fc.array(name, { maxLength: 3 }))
  .map(([own, password, gid, members]) => [own, password, gid, members.join(',')].join(':'));

const fileOf = (line: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(fc.oneof({ weight: 4, arbitrary: line }, odd), { maxLength: 8 }), fc.boolean())
    .map(([lines, ended]) => lines.join('\n') + (ended ? '\n' : ''));

const isId = (text: string | undefined): text is string => /^\d+$/.test(text ?? '');

/** Every record of a passwd(5), by taking apart each line. */
function users(text: string): { name: string; uid: number; gid: number; home: string }[] {
  return text.split('\n').flatMap((line) => {
    const [own, , uid, gid, , home = '/'] = fieldsOf(line, 7) ?? [];
    if (!isName(own) || !isId(uid) || !isId(gid)) return [];
    return [{ name: own, uid: Number(uid), gid: Number(gid), home }];
  });
}

/** The same of a group(5). */
function groups(text: string): { name: string; gid: number; members: string[] }[] {
  return text.split('\n').flatMap((line) => {
    const [own, , gid, members = ''] = fieldsOf(line, 4) ?? [];
    if (!isName(own) || !isId(gid)) return [];
    return [{ name: own, gid: Number(gid), members: splitMembers(members) }];
  });
}

describe('an account database', () => {
  it('answers each question as if every line had been taken apart, in any order of asking', () => {
    fc.assert(
      fc.property(
        fileOf(userLine),
        fileOf(groupLine),
        fc.shuffledSubarray(NAMES),
        (passwd, group, asked) => {
          const accounts = new Accounts(passwd, group);
          const [allUsers, allGroups] = [users(passwd), groups(group)];
          for (const own of [...asked, ...NAMES, '']) {
            expect(accounts.findUser(own)).toEqual(allUsers.find((user) => user.name === own));
            expect(accounts.findGroup(own)).toEqual(allGroups.find((one) => one.name === own));
            expect(accounts.groupsOf(own)).toEqual(
              allGroups.filter(({ members }) => members.includes(own)),
            );
          }
          for (const number of new Set(IDS.map(Number))) {
            expect(accounts.usersWithId(number)).toEqual(
              allUsers.filter(({ uid }) => uid === number),
            );
            expect(accounts.usersWithGroup(number)).toEqual(
              allUsers.filter(({ gid }) => gid === number),
            );
            expect(accounts.groupsWithId(number)).toEqual(
              allGroups.filter(({ gid }) => gid === number),
            );
            expect(accounts.groupWithId(number)).toEqual(
              allGroups.find(({ gid }) => gid === number),
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes apart, of 100,000 lines, those alone that may be the answer, and once each', () => {
    const lines = Array.from(
      { length: 100_000 },
      (_, at) => `user${at}:x:${at}:${at}::/home:/bin/sh`,
    );
    const text = `${lines.join('\n')}\nhermes:x:10000:10000::/opt/data:/bin/sh\n`;
    let parsed = 0;
    const index = new RecordIndex(text, (line) => {
      parsed += 1;
      const [own = '', , uid] = line.split(':');
      return { name: own, uid: Number(uid) };
    });
    for (let again = 0; again < 10; again += 1) expect(index.named('hermes')?.uid).toBe(10000);
    expect(parsed).toBe(1);
    const all = index.withNumber(10000, ({ uid }) => uid === 10000);
    expect(all.map((user) => user.name)).toEqual(['user10000', 'hermes']);
    expect(parsed).toBe(3);
    expect(index.withNumber(0, ({ uid }) => uid === 0)).toHaveLength(1);
    expect(parsed).toBe(4);
  });
});
