import { expect, test } from 'vitest';
import { plainPaint } from '../../src/report/paint.ts';
import { renderDoctor, type Finding } from '../../src/report/show-doctor.ts';

const WELL: readonly Finding[] = [
  { check: 'node', severity: 'ok', text: 'Node v24.21.0 with its code cache', fix: [] },
  { check: 'home', severity: 'ok', text: '/opt/data on ext4', fix: [] },
];

test('all that is well is one line, and the end says that nothing is wrong', () => {
  expect(renderDoctor(WELL, plainPaint)).toBe(
    'ok: Node v24.21.0 with its code cache, /opt/data on ext4\nNothing is wrong.\n',
  );
});

test('each trouble has what to type below it, errors last', () => {
  const troubles: readonly Finding[] = [
    {
      check: 'boots',
      severity: 'error',
      text: 'the last boot of stage2: failed',
      fix: ['hermes-boot status stage2'],
    },
    {
      check: 'rights',
      severity: 'warning',
      text: 'root lacks CAP_CHOWN',
      fix: ['start the container with --cap-add CHOWN'],
    },
  ];
  expect(
    renderDoctor([...WELL, ...troubles], plainPaint)
      .split('\n')
      .slice(1),
  ).toEqual([
    'warning: root lacks CAP_CHOWN',
    '    start the container with --cap-add CHOWN',
    'error: the last boot of stage2: failed',
    '    hermes-boot status stage2',
    '1 error, 1 warning.',
    '',
  ]);
});
