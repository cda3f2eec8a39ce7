import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import {
  planText,
  STAGE2_WITH_EDITS,
  UNPRIVILEGED_WITH_EDITS,
  bootOf,
  bootPlan,
} from '../support/boot.ts';
import { gatewayEnvironments, gatewayFacts, gatewayWorlds } from '../support/generate-gateways.ts';
import { environments, worlds } from '../support/generate.ts';
import { skillWorlds } from '../support/generate-skills.ts';
import { factsOf, planFrom, planThere, type Site } from '../support/offline.ts';
import { ROOT_FACTS } from '../support/plan-step.ts';
import { rounds } from '../support/rounds.ts';
import { SKILLS_PLAN } from '../support/skills.ts';
import { file, special, world } from '../support/world.ts';

/** Every secret that is sown has one of these in it. */
const SOWN = /canary|shoot/;
const CANARY = 'canary';

/** Checks that a plan from facts is the plan, and that the facts hold no secret. */
async function check(site: Site): Promise<void> {
  const facts = await factsOf(site);
  expect(await planFrom(facts, site.text)).toEqual(await planThere(site));
  expect(facts).not.toMatch(SOWN);
}

const keys = fc.constantFrom('', 'canary', 'canary-of-sixteen-and-more', 'canary "q\\uoted" $x');

const secretEnvironments = fc
  .tuple(environments, keys, keys, fc.constantFrom('', 'https://portal.example/?a="b"'))
  .map(([env, key, auth, portal]) => ({
    ...env,
    API_SERVER_KEY: key,
    HERMES_AUTH_JSON_BOOTSTRAP: auth === '' ? '' : `{"token": "${auth}"}`,
    HERMES_PORTAL_BASE_URL: portal,
  }));

/** A .env as people write it: with secrets in values, comments, quotes and broken lines. */
const envFiles = fc
  .array(
    fc.constantFrom(
      'API_SERVER_KEY=canary',
      'API_SERVER_KEY=',
      'export API_SERVER_KEY="canary-of-sixteen-and-more"',
      '# OPENAI_API_KEY=canary',
      "QUOTED='canary # canary' # canary",
      'MULTI="canary\ncanary"',
      'OPEN="canary',
      'canary',
      'HERMES_PORTAL_BASE_URL=https://canary@portal.example # set by hermes-boot from the container',
      'HERMES_PORTAL_BASE_URL="https://portal.example/?a=\\"b\\"" # set by hermes-boot from the container',
      'NOUS_PORTAL_BASE_URL="x" # set by hermes-boot from the container',
      '',
    ),
    { maxLength: 6 },
  )
  .chain((lines) =>
    fc.constantFrom('\n', '\r\n').map((end) => lines.map((line) => line + end).join('')),
  );

const usedWorlds = fc
  .tuple(worlds, fc.option(envFiles, { nil: undefined }), fc.option(envFiles, { nil: undefined }))
  .map(([entries, env, profile]): Record<string, MemoryNode> => ({
    ...entries,
    ...(env === undefined || entries['/opt/data']?.type === 'link'
      ? {}
      : { '/opt/data/.env': file(env, { owner: '10000:10000' }) }),
    ...(profile === undefined || entries['/opt/data']?.type !== 'directory'
      ? {}
      : profileWith(entries, profile)),
  }));

function profileWith(
  entries: Readonly<Record<string, MemoryNode>>,
  env: string,
): Record<string, MemoryNode> {
  const profiles = entries['/opt/data/profiles'];
  if (profiles !== undefined && profiles.type !== 'directory') return {};
  return { '/opt/data/profiles/coder/.env': file(env) };
}

/** The agent's helper, and what it looks at. */
const HELPER: Readonly<Record<string, MemoryNode>> = {
  '/opt/hermes/.venv/bin/python': file('', { mode: 0o755 }),
  '/opt/hermes/scripts/docker_config_migrate.py': file('migrate()\n'),
  '/opt/hermes/hermes_cli/config.py': file('{"_config_version": 12}\n'),
};

describe('whatever the world and the environment,', () => {
  it('a plan from facts is the plan, and facts hold no secret (stage2, with edits)', async () => {
    await fc.assert(
      fc.asyncProperty(usedWorlds, secretEnvironments, async (entries, env) => {
        await check({ text: STAGE2_WITH_EDITS, env, system: world(entries) });
      }),
      { numRuns: rounds(100) },
    );
  });

  it('a plan from facts is the plan, and facts hold no secret (stage2, with the helper)', async () => {
    const text = planText('stage2');
    await fc.assert(
      fc.asyncProperty(
        usedWorlds,
        secretEnvironments,
        fc.boolean(),
        async (entries, env, again) => {
          const system = world({ ...entries, ...HELPER });
          // The second look finds a stamp, backups and the owners of the first boot.
          if (again) await bootOf(bootPlan(text, env), system);
          await check({ text, env, system });
        },
      ),
      { numRuns: rounds(100) },
    );
  });

  it('a plan from facts is the plan, and facts hold no secret (reconcile-profiles)', async () => {
    const text = planText('reconcile-profiles');
    await fc.assert(
      fc.asyncProperty(
        gatewayWorlds,
        gatewayEnvironments,
        gatewayFacts,
        fc.boolean(),
        async (entries, env, facts, again) => {
          const mainProgram = [...facts.mainProgram, '--password', CANARY];
          const system = world(entries);
          if (again) await bootOf(bootPlan(text, env, facts), system, facts);
          await check({ text, env, system, facts: { ...facts, mainProgram } });
        },
      ),
      { numRuns: rounds(100) },
    );
  });

  it('a plan from facts is the plan, and facts hold no hash of what a user wrote (skills)', async () => {
    await fc.assert(
      fc.asyncProperty(skillWorlds, fc.boolean(), async (entries, again) => {
        const system = world(entries);
        if (again) await bootOf(bootPlan(SKILLS_PLAN), system);
        await check({ text: SKILLS_PLAN, system });
      }),
      { numRuns: rounds(100) },
    );
  });

  it('a plan from facts is the plan of a process without rights, too', async () => {
    await fc.assert(
      fc.asyncProperty(usedWorlds, secretEnvironments, async (entries, env) => {
        const rights = { uid: 10000, gid: 10000, groups: [100], capabilities: new Set<string>() };
        const system = world({
          ...entries,
          '/dev/dri/card0': special('device', { owner: '0:44' }),
        });
        const facts = { ...ROOT_FACTS, ...rights, bounding: rights.capabilities, s6: false };
        await check({ text: UNPRIVILEGED_WITH_EDITS, env, system, facts });
        await check({ text: STAGE2_WITH_EDITS, env, system, facts });
      }),
      { numRuns: rounds(100) },
    );
  });
});
