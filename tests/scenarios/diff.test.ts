import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRoot, sandboxPlan } from '../../scripts/sandbox/root.ts';
import { hermesBoot } from '../support/cli.ts';
import { isRoot, NEEDS_ROOT, snapshot, temporaryDirectory } from '../support/real-root.ts';

const env = { PUID: '99', PGID: '100', HERMES_GATEWAY_BOOTSTRAP_STATE: 'running' };

/** What the diff says of one path. */
interface Section {
  readonly verb: string;
  readonly path: string;
  /** Mode and owner, or whatever else its heading says. */
  readonly what: string;
  /** What patch(1) takes; empty where no lines are shown. */
  readonly patch: string;
}

/** Takes a diff apart. The lines of a file never begin with a letter: there is a sign before them. */
function sectionsOf(diff: string): Section[] {
  return diff
    .split(/^(?=(?:new|changed|removed|moved|owner) +\/)/m)
    .slice(1)
    .map((section) => {
      const [, verb = '', path = '', what = ''] = /^(\w+) +(\S+)(?:\s+(.*))?/.exec(section) ?? [];
      return { verb, path, what, patch: section.slice(/^--- /m.exec(section)?.index ?? Infinity) };
    });
}

/** A used root whose seeded SOUL.md nobody has edited, and whose image has a new one. */
function usedRoot(): { readonly root: string; readonly plan: string } {
  const root = temporaryDirectory();
  makeRoot(root, isRoot);
  const soul = (words: string): string =>
    `You are Hermes.\n\n${words}\nOne\nTwo\nThree\nFour\nFive`;
  mkdirSync(join(root, 'opt/data/.hermes-boot/seeds'), { recursive: true });
  const old = soul('Be brief.');
  writeFileSync(join(root, 'opt/data/SOUL.md'), old);
  const record = join(root, 'opt/data/.hermes-boot/seeds/SOUL.md');
  writeFileSync(record, `${createHash('sha256').update(old).digest('hex')}\n`);
  writeFileSync(join(root, 'opt/hermes/docker/SOUL.md'), `${soul('Be kind.')}\n\tand tidy\n`);
  writeFileSync(join(root, 'opt/data/settings.yaml'), 'depth: 3\nfast: true\nmore:\n  size: 10');
  const edits = '[{ set: { path: depth, value: 4 } }, { set: { path: more.kind, value: odd } }]';
  const step = `  - id: settings
    uses: yaml.edit
    needs: [directories]
    with: { path: /opt/data/settings.yaml, edits: ${edits} }
`;
  const plan = join(temporaryDirectory(), 'plan.yaml');
  const stage2 = join(import.meta.dirname, '../../plans/stage2.yaml');
  writeFileSync(plan, `${sandboxPlan(stage2)}${step}`);
  return { root, plan };
}

const lacksPatch = spawnSync('patch', ['--version']).error !== undefined;

it.skipIf(!isRoot || lacksPatch)(
  `what diff prints, applied with patch(1), is what the run makes of each file (${NEEDS_ROOT})`,
  () => {
    const { root, plan } = usedRoot();
    const { code, stdout } = hermesBoot(['diff', plan, '--root', root, '--full'], env);
    expect(code).toBe(0);
    const patched = join(temporaryDirectory(), 'root');
    execFileSync('cp', ['-a', root, patched]);
    const shown = sectionsOf(stdout).filter(({ patch }) => patch !== '' && !patch.includes('***'));
    for (const { path, patch, verb } of shown) {
      mkdirSync(join(patched, path, '..'), { recursive: true });
      const argv = [
        '--quiet',
        '--no-backup-if-mismatch',
        '--force',
        '--unified',
        join(patched, path),
      ];
      const { status, stdout: said } = spawnSync('patch', argv, { input: patch, encoding: 'utf8' });
      expect({ path, status, said }).toEqual({ path, status: 0, said: '' });
      // It may leave an empty file where there should be none.
      if (verb === 'removed') rmSync(join(patched, path), { force: true });
    }
    expect(hermesBoot(['run', plan, '--root', root], env).code).toBe(0);
    const paths = shown.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        '/etc/passwd',
        '/etc/group',
        '/opt/data/SOUL.md',
        '/opt/data/settings.yaml',
        '/opt/data/gateway_state.json',
        '/opt/data/.install_method',
        '/opt/data/skills/hermes-agent/SKILL.md',
      ]),
    );
    const textIn = (top: string, path: string): string | undefined =>
      existsSync(join(top, path)) ? readFileSync(join(top, path), 'utf8') : undefined;
    for (const path of paths)
      expect([path, textIn(patched, path)]).toEqual([path, textIn(root, path)]);
  },
);

it.skipIf(!isRoot)(
  `diff names each entry that the run changes, and no other, with the mode and owner that it gets (${NEEDS_ROOT})`,
  () => {
    const { root, plan } = usedRoot();
    chownSync(join(root, 'opt/data/photos'), 33, 33);
    const { stdout } = hermesBoot(['diff', plan, '--root', root, '--full'], env);
    const sections = sectionsOf(stdout);
    const before = snapshot(root);
    expect(hermesBoot(['run', plan, '--root', root], env).code).toBe(0);
    const after = snapshot(root);
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
      (path) => before.get(path) !== after.get(path),
    );
    const trees = sections.filter(({ verb }) => verb === 'owner').map(({ path }) => path);
    const isOwned = (path: string): boolean => trees.some((tree) => path.startsWith(`${tree}/`));
    // What a run keeps of itself is no change of a step.
    const own = /\/(?:\.hermes-boot\.lock|history\.jsonl|run\/hermes-boot)(?:\/|$)/;
    const named = new Set(sections.map(({ path }) => path));
    expect(changed.filter((path) => !named.has(path) && !isOwned(path) && !own.test(path))).toEqual(
      [],
    );
    expect([...named].filter((path) => !changed.includes(path))).toEqual([]);
    for (const { verb, path, what } of sections) {
      if (verb !== 'new' && verb !== 'changed') continue;
      if (what.startsWith('copy of')) continue;
      const { mode, uid, gid } = lstatSync(join(root, path));
      expect([path, what]).toEqual([
        path,
        expect.stringMatching(
          new RegExp(`\\b0${(mode & 0o7777).toString(8)}(?: |, owner .*-> |, )${uid}:${gid}$`),
        ),
      ]);
    }
  },
);
