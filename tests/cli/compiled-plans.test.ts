import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CompiledPlans, type PlanTexts } from '../../src/cli/compiled-plans.ts';
import { loadPlan } from '../../src/plan/load.ts';
import type { Plan, PlanSource } from '../../src/plan/plan.ts';
import { RealSystem } from '../../src/system/real/real.ts';
import { registry } from '../plan/types.ts';
import { isRoot, NEEDS_ROOT, realRoot } from '../support/real-root.ts';
import { directory } from '../support/world.ts';

const OWN = '/opt/hermes-boot';
const COMPILED = `${OWN}/compiled`;

const BASE = `version: 1
name: base
inputs:
  home: { env: H, type: path, default: /h }
steps:
  - { id: one, uses: directory, with: { path: '\${{ inputs.home }}' } }
  - { id: two, uses: directory, needs: [one], with: { path: /zwölf } }
`;
const TOP = 'version: 1\nname: top\nextends: base\nsteps:\n  - { id: one, timeout: 5s }\n';
const OFF = 'version: 1\nextends: top\nsteps:\n  - { id: two, off: true }\n';
const OTHER = 'version: 1\nextends: elsewhere\n';

/** What of the texts a test changes. */
interface Change {
  readonly top?: string;
  readonly base?: string;
  readonly fragments?: readonly string[];
  readonly names?: readonly string[];
  /** What stands before each file name, as messages have it. */
  readonly at?: string;
  readonly path?: string;
}

function textsOf({
  top = TOP,
  base = BASE,
  fragments = [OTHER, OFF],
  names = ['base'],
  at = '',
  path = '/plans/top.yaml',
}: Change = {}): PlanTexts {
  const bases = new Map<string, PlanSource>();
  const library = {
    names,
    read: (name: string) => {
      if (name !== 'base') return undefined;
      bases.set(name, { file: `${at}base.yaml`, text: base });
      return bases.get(name);
    },
    fragments: fragments.map((text, index) => ({ file: `${at}${index}.yaml`, text })),
  };
  return { path, source: { file: `${at}top.yaml`, text: top }, library, bases };
}

function parsed({ source, library }: PlanTexts): Plan {
  const loaded = loadPlan(source, registry, library);
  if (loaded.ok) return loaded.value;
  throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
}

interface World {
  readonly root: string;
  /** The file with the compiled plan. */
  readonly file: string;
}

const plansOf = ({ root }: Pick<World, 'root'>, build = 'one'): CompiledPlans =>
  new CompiledPlans(new RealSystem(root), COMPILED, build);

/** A root in which validate has left a plan. */
function left(texts = textsOf()): World {
  const root = realRoot({ [OWN]: directory() });
  expect(plansOf({ root }).leave(texts, parsed(texts))).toBeNull();
  const [name = ''] = readdirSync(root + COMPILED);
  return { root, file: join(root + COMPILED, name) };
}

describe.skipIf(!isRoot)(`a compiled plan (${NEEDS_ROOT})`, () => {
  it('is the plan that parsing the same texts gives', () => {
    const plan = plansOf(left()).find(textsOf());
    expect(plan).toEqual(parsed(textsOf()));
    expect(plan?.steps[1]?.off).toEqual({ file: '1.yaml', line: 4, column: 16 });
  });

  it('names its files as this boot does, whatever they were called when it was left', () => {
    const elsewhere = textsOf({ at: '/somewhere/else/' });
    expect(plansOf(left()).find(elsewhere)).toEqual(parsed(elsewhere));
  });

  it.each<[string, Change]>([
    ['in the plan', { top: TOP.replace('5s', '6s') }],
    ['in a plan that it extends', { base: BASE.replace('/h ', '/i ') }],
    ['in a fragment', { fragments: [OTHER, OFF.replace('two', 'one')] }],
    ['in a fragment for another plan', { fragments: [OTHER.replace('where', 'were'), OFF] }],
  ])('is not used when a byte has changed %s', (_, change) => {
    expect(plansOf(left()).find(textsOf(change))).toBeUndefined();
  });

  it.each<[string, Change]>([
    ['a fragment less', { fragments: [OFF] }],
    ['a fragment more', { fragments: [OTHER, OFF, OFF] }],
    ['fragments in another order', { fragments: [OFF, OTHER] }],
    ['no fragment', { fragments: [] }],
    ['one more plan to extend, which a fragment may have meant', { names: ['base', 'elsewhare'] }],
    ['another path', { path: '/plans/other.yaml' }],
  ])('is not used with %s', (_, change) => {
    expect(plansOf(left()).find(textsOf(change))).toBeUndefined();
  });

  it('is not used by another build of the program', () => {
    expect(plansOf(left(), 'two').find(textsOf())).toBeUndefined();
  });

  it.each<[string, (world: World) => void]>([
    ['belongs to somebody else', ({ file }) => chownSync(file, 10000, 0)],
    ['can be written by its group', ({ file }) => chmodSync(file, 0o664)],
    ['can be written by everybody', ({ file }) => chmodSync(file, 0o646)],
    ['has a second name', ({ file, root }) => linkSync(file, join(root, 'second'))],
    [
      'is a link',
      ({ file, root }) => {
        renameSync(file, join(root, 'elsewhere'));
        symlinkSync('/elsewhere', file);
      },
    ],
    [
      'is a directory',
      ({ file }) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
    ['lies in a directory of somebody else', ({ file }) => chownSync(dirname(file), 10000, 10000)],
    ['lies in a directory that others can write', ({ file }) => chmodSync(dirname(file), 0o777)],
    ['lies below a directory of somebody else', ({ root }) => chownSync(root + OWN, 10000, 10000)],
    [
      'lies below one that a group can write',
      ({ root }) => {
        chownSync(`${root}/opt`, 0, 10000);
        chmodSync(`${root}/opt`, 0o775);
      },
    ],
    ['lies below a root that others can write', ({ root }) => chmodSync(root, 0o757)],
    [
      'lies in a linked directory',
      ({ root }) => {
        cpSync(root + COMPILED, `${root}/moved`, { recursive: true });
        rmSync(root + COMPILED, { recursive: true });
        symlinkSync('/moved', root + COMPILED);
      },
    ],
    ['is missing', ({ file }) => rmSync(file)],
  ])('is not used when it %s', (_, spoil) => {
    const world = left();
    expect(plansOf(world).find(textsOf())).toBeDefined();
    spoil(world);
    expect(plansOf(world).find(textsOf())).toBeUndefined();
  });

  it('is not used wherever it is cut off', () => {
    const world = left();
    const whole = readFileSync(world.file);
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(world.file, whole.subarray(0, length));
      expect(plansOf(world).find(textsOf())).toBeUndefined();
    }
  });

  it('is not used wherever a byte of it has changed', () => {
    const world = left();
    const whole = readFileSync(world.file);
    for (let at = 0; at < whole.length; at += 1) {
      const damaged = Buffer.from(whole);
      damaged[at] = (whole[at] ?? 0) ^ 1;
      writeFileSync(world.file, damaged);
      expect(plansOf(world).find(textsOf())).toBeUndefined();
    }
  });

  it('is not used when it is whole and not a plan', () => {
    const world = left();
    const [extending, key] = readFileSync(world.file, 'utf8').split('\n');
    for (const body of ['null', '[]', '{"plan":{}}', '{', '']) {
      writeFileSync(world.file, `${[extending, key, body, body].join('\n')}\n`);
      expect(plansOf(world).find(textsOf())).toBeUndefined();
    }
  });

  it('takes the place of the one that was left before, for root alone to write', () => {
    const world = left();
    const changed = textsOf({ fragments: [OFF] });
    expect(plansOf(world).leave(changed, parsed(changed))).toBeNull();
    expect(readdirSync(dirname(world.file))).toHaveLength(1);
    expect(plansOf(world).find(changed)).toEqual(parsed(changed));
    const look = new RealSystem(world.root).look(world.file.slice(world.root.length));
    expect(look).toMatchObject({ type: 'file', stat: { uid: 0, gid: 0, mode: 0o644 } });
  });
});

describe.skipIf(!isRoot)(`a plan cannot be left compiled (${NEEDS_ROOT})`, () => {
  const leaving = (root: string, texts = textsOf()): string | null =>
    plansOf({ root }).leave(texts, parsed(texts));

  it('beside a program that others could exchange', () => {
    const root = realRoot({ [OWN]: directory({ mode: 0o777 }) });
    expect(leaving(root)).toBe(`${OWN} can be written by others (0777)`);
    expect(existsSync(root + COMPILED)).toBe(false);
  });

  it('in a directory that others can write, or one that is a link', () => {
    const root = realRoot({ [COMPILED]: directory({ owner: { uid: 10000, gid: 10000 } }) });
    expect(leaving(root)).toBe(`${COMPILED} belongs to 10000:10000`);
    expect(readdirSync(root + COMPILED)).toEqual([]);
    rmSync(root + COMPILED, { recursive: true });
    mkdirSync(`${root}/elsewhere`);
    symlinkSync('/elsewhere', root + COMPILED);
    expect(leaving(root)).toBe(`${COMPILED} is not a directory`);
    expect(readdirSync(`${root}/elsewhere`)).toEqual([]);
  });

  it('where its path is too long, or one file is named twice', () => {
    const root = realRoot({ [OWN]: directory() });
    const long = textsOf({ path: `/${'a'.repeat(250)}` });
    expect(leaving(root, long)).toBe('the path of the plan is too long');
    expect(plansOf({ root }).find(long)).toBeUndefined();
    const { library, ...rest } = textsOf({ fragments: [OTHER] });
    const twice = {
      ...rest,
      library: { ...library, fragments: [{ file: 'top.yaml', text: OTHER }] },
    };
    expect(leaving(root, twice)).toBe('a file takes part in it twice');
    expect(existsSync(root + COMPILED)).toBe(false);
  });
});
