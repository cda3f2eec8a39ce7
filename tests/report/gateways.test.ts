import { describe, expect, test } from 'vitest';
import { plainPaint } from '../../src/report/paint.ts';
import { renderGateways } from '../../src/report/show-gateways.ts';
import { GATEWAYS, NOTHING } from './gateways.ts';

describe('the gateways of a home', () => {
  test('have a line each, their log below where they are in trouble, and a count', () => {
    const view = { gateways: GATEWAYS, supervised: true, counts: true };
    expect(renderGateways(view, plainPaint)).toBe(
      [
        'default  up      pid 412, 3 min',
        'alice    down    stopped by you (gateway stop, 2026-11-27 18:20 UTC)',
        '                 hermes-boot gateway start alice',
        'bob      parked  ended with 78 (its configuration is invalid); not tried again',
        '                 hermes-boot gateway start bob',
        '                 last line: config.yaml: model.name is unknown',
        '                 log: /opt/data/logs/gateways/bob/current',
        '1 of 3 gateways is up.',
        '',
      ].join('\n'),
    );
  });

  test('are written so that a name or a log cannot move the cursor', () => {
    const gateway = { ...NOTHING, profile: 'a\u001b[2J', state: 'none', reason: 'x\ny' } as const;
    const text = renderGateways(
      { gateways: [gateway], supervised: true, counts: false },
      plainPaint,
    );
    expect(text.split('\n')).toHaveLength(2);
    expect(text).not.toContain('\u001b');
  });
});
