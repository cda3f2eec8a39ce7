import { beforeAll, expect, it } from 'vitest';
import { describeInContainers } from './support/container.ts';
import { canTrace, openLife, wholeLife } from './support/trace/life.ts';
import { claimsOf, mapOnPage, mapText, replaceMap } from './support/trace/map-page.ts';
import { openActs, rowsOf } from './support/trace/map-rows.ts';
import { REASONS, reasonFor } from './support/trace/reasons.ts';
import type { JudgedAct } from './support/trace/traced-container.ts';

const needs = canTrace ? '' : ' [needs root and strace]';

describeInContainers(`what root does in the whole life of a container${needs}`, () => {
  let acts: readonly JudgedAct[] = [];
  beforeAll(async () => {
    if (canTrace) acts = await wholeLife();
  }, 300_000);

  it.skipIf(!canTrace)(
    'touches nothing that the account can write, but for what has a reason in the list',
    () => {
      expect(openActs(acts).join('\n')).toBe('');
    },
  );

  it.skipIf(!canTrace)('needs every reason in the list', () => {
    const needed = new Set(acts.filter(({ why }) => why !== undefined).map(reasonFor));
    const idle = REASONS.filter((reason) => reason.byChance !== true && !needed.has(reason)).map(
      ({ name }) => name,
    );
    expect(idle).toEqual([]);
  });

  it.skipIf(!canTrace)(
    'does no more than docs/security.md shows; UPDATE_MAP=1 writes it anew',
    async () => {
      const map = await mapText(rowsOf(acts));
      if (process.env.UPDATE_MAP === '1') replaceMap(map);
      // By the moment, an act is tried and another time not: the page may tell of more.
      const [found, told] = [claimsOf(map), claimsOf(mapOnPage())];
      expect([...found.acts].filter((claim) => !told.acts.has(claim))).toEqual([]);
      expect([...told.paths].filter((path) => !found.paths.has(path))).toEqual([]);
    },
  );

  it.skipIf(!canTrace)(
    'shows the holes where HERMES_GATEWAY_REGISTRATION=open asks for them',
    async () => {
      const acts = (await openLife()).filter((act) => act.why && !reasonFor(act));
      const found = acts.map(({ actor, deed, path }) => `${actor} ${deed} ${path}`);
      for (const hole of [
        's6-svscan lists /run/service',
        'scripts of a gateway slot runs /run/service/gateway-coder/run',
        'scripts of a gateway slot runs /run/service/gateway-coder/log/run',
        's6-supervise writes /run/service/gateway-coder/supervise/status.new',
      ]) {
        expect(found).toContain(hole);
      }
    },
  );
});
