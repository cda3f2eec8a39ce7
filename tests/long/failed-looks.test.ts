/** The campaign of failed looks at its full size; `npm run test:laws` has a sample of it. */
import { expect, it } from 'vitest';
import { campaign, faultsIn, summaryOf } from '../support/campaign.ts';
import { temporaryDirectory } from '../support/real-root.ts';
import { cannotTrace, TRACE_NEEDS } from '../support/strace.ts';

const LOOKS = 1100;

it.skipIf(cannotTrace)(
  `${LOOKS} looks that fail, of all that four boots make, cost no home anything (law 8)${TRACE_NEEDS}`,
  async () => {
    const outcomes = await campaign(temporaryDirectory(), LOOKS, 0.5);
    for (const line of summaryOf(outcomes)) process.stdout.write(`${line}\n`);
    expect(faultsIn(outcomes)).toEqual([]);
    expect(outcomes.filter(({ hit }) => hit !== undefined).length).toBeGreaterThan(1000);
  },
);
