import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CLI } from '../support/cli.ts';
import { fill, realRoot, temporaryDirectory } from '../support/real-root.ts';
import { IMAGE, skill, SKILLS_PLAN } from '../support/skills.ts';
import { cannotTrace } from '../support/strace.ts';
import { lackingFor, needs } from '../support/unshared.ts';
import { directory, file } from '../support/world.ts';

/** A container: the layers of its image, the lowest first, one of its own, and a volume. */
class Container {
  readonly plan = join(temporaryDirectory(), 'skills.yaml');
  readonly home = temporaryDirectory();
  readonly trace = join(temporaryDirectory(), 'trace');
  readonly layers: string[];
  #own = temporaryDirectory();

  constructor(image: string) {
    this.layers = [image];
    writeFileSync(this.plan, SKILLS_PLAN);
    chownSync(this.home, 10000, 10000);
  }

  /** Another container of the same image, on the same volume. */
  recreate(): void {
    this.#own = temporaryDirectory();
  }

  /** Adds a layer to the image, as a derived one has. */
  derive(entries: Parameters<typeof fill>[1]): void {
    const layer = temporaryDirectory();
    fill(layer, entries);
    this.layers.push(layer);
    this.recreate();
  }

  /** Runs a script in the started container, where $IMAGE has the skills, and boots it again. */
  boot(script = ''): string {
    const root = join(this.#own, 'root');
    for (const name of ['root', 'upper', 'work'])
      mkdirSync(join(this.#own, name), { recursive: true });
    const lower = this.layers.toReversed().join(':');
    const options = `lowerdir=${lower},upperdir=${this.#own}/upper,workdir=${this.#own}/work`;
    const start = `
      mount -t overlay overlay -o "${options}" "${root}"
      mount --bind "${this.home}" "${root}/opt/data"
      IMAGE="${root}${IMAGE}"
      ${script}
      exec "$@"`;
    const boot = [process.execPath, CLI, 'run', this.plan, '--root', root];
    const watched = ['strace', '-f', '-o', this.trace, '-e', 'trace=%file', ...boot];
    const { stderr } = spawnSync('unshare', ['--mount', 'sh', '-ec', start, 'sh', ...watched], {
      encoding: 'utf8',
    });
    return stderr;
  }

  /** The paths below the skills of the image that the last boot looked at, and those it listed. */
  looks(): { readonly looked: readonly string[]; readonly listed: readonly string[] } {
    const lines = readFileSync(this.trace, 'utf8').split('\n');
    const below = (pattern: RegExp): string[] =>
      lines
        .filter((line) => pattern.test(line))
        .flatMap((line) => (line.includes(IMAGE) ? [line.split('"')[1] ?? ''] : []))
        .map((path) => path.slice(path.indexOf(IMAGE) + IMAGE.length));
    return {
      looked: below(/stat|readlink/),
      listed: below(/open/),
    };
  }
}

const lacking = cannotTrace ? 'root and strace' : (lackingFor('unshare', 'mount') ?? noOverlay());

/** What is missing where the kernel does not mount an overlay on the temporary directory. */
function noOverlay(): string | undefined {
  const script = `
    at=$(mktemp -d); trap 'umount "$at/root" || true; rm -rf "$at"' EXIT
    mkdir "$at/lower" "$at/upper" "$at/work" "$at/root"
    mount -t overlay overlay -o "lowerdir=$at/lower,upperdir=$at/upper,workdir=$at/work" "$at/root"`;
  const { status } = spawnSync('unshare', ['--mount', 'sh', '-ec', script]);
  return status === 0 ? undefined : 'overlayfs';
}

/** Gives all of a tree to root, or to the account. */
function rooted(uid: number): Record<string, ReturnType<typeof file>> {
  const owner = `${uid}:${uid}`;
  const own = (node: ReturnType<typeof file>): ReturnType<typeof file> => {
    return { ...node, stat: { ...node.stat, uid, gid: uid, mode: node.stat.mode & ~0o022 } };
  };
  const skills = Object.entries({
    ...skill(`${IMAGE}/notes`, 'one'),
    ...skill(`${IMAGE}/ml/train`, 'two'),
  });
  const directories = ['', '/notes', '/notes/scripts', '/ml', '/ml/train', '/ml/train/scripts'];
  return {
    '/opt/data': directory(),
    ...Object.fromEntries(directories.map((path) => [IMAGE + path, directory({ owner })])),
    ...Object.fromEntries(skills.map(([path, node]) => [path, own(node)])),
  };
}

const IMMUTABLE = rooted(0);
const DIRECTORIES = ['', '/ml', '/ml/train', '/ml/train/scripts', '/notes', '/notes/scripts'];

/** A container whose home has the skills of its image, and has been booted again. */
function settled(entries = IMMUTABLE): Container {
  const container = new Container(realRoot(entries));
  expect(container.boot()).toContain('skills: done');
  expect(container.boot()).toContain('nothing to do');
  return container;
}

it.skipIf(lacking !== undefined)(
  `a warm boot of an image without a digest looks at each directory of its skills and lists it once, and looks at no file${needs(lacking)}`,
  () => {
    const container = settled();
    const { looked, listed } = container.looks();
    // At the first of them also to know whether there is anything to sync.
    expect(looked.toSorted()).toEqual(['', ...DIRECTORIES]);
    expect(listed.toSorted()).toEqual(DIRECTORIES);
    container.recreate();
    expect(container.boot()).toContain('nothing to do');
  },
);

const SAME_SIZE = `printf tri > "$IMAGE/notes/SKILL.md"; touch -d 2020-01-01 "$IMAGE/notes/SKILL.md"`;
const NOTES = `replaced: copy of ${IMAGE}/notes`;

it.skipIf(lacking !== undefined).each([
  ['the text of a file', SAME_SIZE, NOTES],
  ['a file deep in a skill', 'echo "# more" >> "$IMAGE/notes/scripts/run.py"', NOTES],
  ['a file that is removed', 'rm "$IMAGE/notes/scripts/run.py"', NOTES],
  ['the mode of a file', 'chmod 0644 "$IMAGE/notes/scripts/run.py"', 'skills: done'],
  ['a skill that is added', 'cp -r "$IMAGE/notes" "$IMAGE/ml/x"', 'skills: done'],
  ['a file that is mounted', `echo b > /run/b; mount --bind /run/b "$IMAGE/notes/SKILL.md"`, NOTES],
])(`a change in the container of %s is noticed${needs(lacking)}`, (_, script, told) => {
  const mounts = 'mount -t tmpfs tmpfs /run\n';
  expect(settled().boot(mounts + script)).toContain(told);
});

it.skipIf(lacking !== undefined)(
  `a layer that changes a file is noticed, and so is the image without it${needs(lacking)}`,
  () => {
    const container = settled();
    container.derive({ [`${IMAGE}/notes/SKILL.md`]: file('tri') });
    expect(container.boot()).toContain(NOTES);
    expect(container.boot()).toContain('nothing to do');
    container.layers.pop();
    container.recreate();
    expect(container.boot()).toContain(NOTES);
    expect(readFileSync(join(container.home, 'skills/notes/SKILL.md'), 'utf8')).toBe('one');
  },
);

it.skipIf(lacking !== undefined)(
  `where the account may write the skills of the image, each of its changes is noticed${needs(lacking)}`,
  () => {
    const container = settled(rooted(10000));
    for (const text of ['tri', 'for', 'fiv']) {
      expect(container.boot(SAME_SIZE.replace('tri', text))).toContain(NOTES);
      expect(readFileSync(join(container.home, 'skills/notes/SKILL.md'), 'utf8')).toBe(text);
    }
  },
);
