import { describe, expect, test } from 'vitest';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { bootPlan, planText } from '../support/boot.ts';
import { diffOf } from '../support/diff.ts';
import { S6, SCANDIR } from '../support/s6-world.ts';
import { hashOf, HOME, IMAGE, manifest, skill, SKILLS_PLAN } from '../support/skills.ts';
import { directory, file, world } from '../support/world.ts';

const OLD = skill(`${HOME}/notes`, 'old');
const BASE = { '/opt/data': directory(), [HOME]: directory({ owner: '10000:10000' }) };
const KNOWN = manifest([`notes:${hashOf(world(OLD), `${HOME}/notes`)}\n`]);

const diffOfSkills = (entries: Record<string, MemoryNode>, full = false) =>
  diffOf([bootPlan(SKILLS_PLAN)], world({ ...BASE, ...entries }), { full });

describe('a copied tree', () => {
  const entries = {
    ...skill(`${IMAGE}/ml/train`, 'token=new\n'),
    ...skill(`${IMAGE}/notes`, 'newer\n'),
    ...OLD,
    ...KNOWN,
  };

  test('is one line that says where from and how many files', async () => {
    expect(await diffOfSkills(entries)).toBe(`\
new     /opt/data/skills/.bundled_fingerprint  file 0644 10000:10000
  a record of hermes-boot: fingerprint of the skills
changed /opt/data/skills/.bundled_manifest  0644 10000:10000
  a record of hermes-boot: 2 skills
new     /opt/data/skills/ml
  copy of /opt/hermes/skills/ml: 1 skill, 2 files, 10000:10000
changed /opt/data/skills/notes
  replaced by a copy of /opt/hermes/skills/notes: 2 files, 10000:10000
`);
  });

  test('has its files behind that line where all is asked for; what the image says is shown', async () => {
    const shown = await diffOfSkills(entries, true);
    expect(shown).toContain(`
new     /opt/data/skills/ml/train/SKILL.md  file 0644 10000:10000
--- /dev/null
+++ /opt/data/skills/ml/train/SKILL.md
@@ -0,0 +1 @@
+token=new
new     /opt/data/skills/ml/train/scripts  directory 0755 10000:10000
`);
    expect(shown).toContain(`
changed /opt/data/skills/notes/SKILL.md  0644 10000:10000
--- /opt/data/skills/notes/SKILL.md
+++ /opt/data/skills/notes/SKILL.md
@@ -1 +1 @@
-old
\\ No newline at end of file
+newer
`);
  });
});

describe('a moved tree', () => {
  const moved = { ...skill(`${IMAGE}/work/notes`, 'old'), ...OLD, ...KNOWN };

  test.each([false, true])('is one line, since nothing in it changes (full: %s)', async (full) => {
    const shown = await diffOfSkills(moved, full);
    expect(shown).toContain('moved   /opt/data/skills/work/notes  from /opt/data/skills/notes\n');
    expect(shown).not.toMatch(/notes\/|removed|^[-+]old/m);
  });
});

describe('a service directory', () => {
  const boot = (entries: Record<string, MemoryNode>, full = false) => {
    const base = { ...S6, '/opt/data': directory({ owner: '10000:10000' }) };
    return diffOf([bootPlan(planText('reconcile-profiles'))], world({ ...base, ...entries }), {
      full,
    });
  };

  test('that is new is one line, or all of its files', async () => {
    const line = `new     ${SCANDIR}/gateway-default\n  service directory: gateway of default, down\n`;
    expect(await boot({})).toContain(`${line}run     /command/s6-svscanctl -a ${SCANDIR}\n`);
    const shown = await boot({}, true);
    expect(shown).toContain(`${line}new     ${SCANDIR}/gateway-default/down  file 0644 0:0\n`);
    expect(shown).toContain(`${SCANDIR}/gateway-default/supervise/control  fifo 0660 0:10000\n`);
    expect(shown).toContain('\n+exec hermes gateway run --replace < /dev/null\n');
  });

  test('that is made anew has the files in which it differs', async () => {
    const shown = await boot({
      [`${SCANDIR}/gateway-default/run`]: file('old\n', { mode: 0o755 }),
    });
    expect(shown).toContain(`\nchanged ${SCANDIR}/gateway-default/run  0755 0:0\n`);
    expect(shown).toContain('\n-old\n+#!/bin/sh\n');
    expect(shown).not.toContain('service directory');
  });

  test('that goes away is one line, and its log says when by a word', async () => {
    const half = `${SCANDIR}/gateway-old.tmp`;
    const shown = await boot({ [`${half}/run`]: file('x') });
    expect(shown).toContain(
      `removed ${half}\n  directory with everything in it (half a service directory)\nrun `,
    );
    expect(shown).toContain(
      '  TIME stands for the time of the run\n--- /dev/null\n+++ /opt/data/logs/container-boot.log\n@@ -0,0 +1 @@\n+TIME profile=default',
    );
  });
});
