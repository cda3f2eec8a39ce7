/** Gateways of a home: one that is up, one that was stopped and one that is parked. */
import type { GatewayView } from '../../src/report/show-gateways.ts';

export const NOTHING = { since: null, wanted: false, lastLine: null, log: null, fix: null };

export const GATEWAYS: readonly GatewayView[] = [
  { ...NOTHING, profile: 'default', state: 'up', reason: 'pid 412, 3 min', wanted: true },
  {
    ...NOTHING,
    profile: 'alice',
    state: 'down',
    reason: 'stopped by you (gateway stop, 2026-11-27 18:20 UTC)',
    fix: 'hermes-boot gateway start alice',
  },
  {
    ...NOTHING,
    profile: 'bob',
    state: 'parked',
    reason: 'ended with 78 (its configuration is invalid); not tried again',
    wanted: true,
    lastLine: 'config.yaml: model.name is unknown',
    log: '/opt/data/logs/gateways/bob/current',
    fix: 'hermes-boot gateway start bob',
  },
];
