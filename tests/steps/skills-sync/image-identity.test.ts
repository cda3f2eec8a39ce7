import { beforeEach, describe, expect, test } from 'vitest';
import type { MemoryNode } from '../../../src/system/memory-node.ts';
import { OverlayTree } from '../../../src/system/overlay.ts';
import { RecordedTree } from '../../../src/system/recording/recorded-tree.ts';
import { RecordingTree } from '../../../src/system/recording/recording-tree.ts';
import { worldRecord } from '../../../src/system/recording/world-record.ts';
import type { Answer, Question, QuestionKind } from '../../../src/system/question.ts';
import { SimulatedSystem } from '../../../src/system/simulated.ts';
import type { RawEntry } from '../../../src/system/tree.ts';
import { World } from '../../../src/system/world.ts';
import { imageIdentity } from '../../../steps/skills-sync/image-identity.ts';
import { IMAGE } from '../../support/skills.ts';
import { directory, emptyTree, file } from '../../support/world.ts';

/** The layers of an image: directories have times, and a kernel says what lies in a layer. */
class Layers extends OverlayTree {
  readonly looked: string[] = [];
  readonly listed: string[] = [];

  override look(path: string): RawEntry {
    if (path.startsWith(IMAGE)) this.looked.push(path.slice(IMAGE.length));
    return super.look(path);
  }

  override list(path: string): readonly string[] {
    this.listed.push(path.slice(IMAGE.length));
    return super.list(path);
  }

  override ask<K extends QuestionKind>(question: Question<K>): Answer<K>;
  override ask(question: Question): Answer<QuestionKind> {
    if (question.kind !== 'layerDirectories') return super.ask(question);
    this.listed.push(question.path.slice(IMAGE.length));
    return super
      .list(question.path)
      .filter((name) => super.look(`${question.path}/${name}`).type === 'directory');
  }
}

let layers: Layers;

/** A node that was changed at a time. */
function at(time: number, node: MemoryNode): MemoryNode {
  return { ...node, stat: { ...node.stat, changedAt: time } };
}

function put(path: string, node: MemoryNode): void {
  layers.put(`${IMAGE}${path}`, node);
}

/** What tells the image apart, as a process finds it that has looked at nothing yet. */
function identity(): string {
  layers.looked.length = 0;
  layers.listed.length = 0;
  const system = new SimulatedSystem({ tree: layers, policy: { guarded: [], self: 0 } });
  return JSON.stringify(imageIdentity(system, IMAGE, `${IMAGE}/.digest`));
}

const DIRECTORIES = ['', '/ml', '/ml/train', '/ml/train/scripts', '/notes'];
const FILES = ['/ml/train/SKILL.md', '/ml/train/scripts/run.py', '/notes/SKILL.md'];

beforeEach(() => {
  layers = new Layers(emptyTree());
  for (const path of ['/opt', '/opt/hermes']) layers.put(path, directory());
  for (const path of DIRECTORIES) put(path, at(1, directory()));
  for (const path of FILES) put(path, at(1, file('text')));
});

describe('an image that has no digest of its skills', () => {
  test('is told by one look at each directory, each listed once, and by none at a file', () => {
    identity();
    const looks = layers.looked.filter((path) => path !== '/.digest');
    expect(looks.toSorted()).toEqual(DIRECTORIES);
    expect(layers.listed.toSorted()).toEqual(DIRECTORIES);
  });

  test('is the same as long as no directory has changed', () => {
    const before = identity();
    expect(identity()).toBe(before);
  });

  test.each(DIRECTORIES)('is another one when the directory "%s" has changed', (path) => {
    const before = identity();
    put(path, at(2, directory()));
    expect(identity()).not.toBe(before);
  });

  test.each([
    ['the account', { owner: '10000:10000' }],
    ['a group', { mode: 0o775 }],
    ['everybody', { mode: 0o777 }],
  ])('is told by its files, too, where %s may write a directory', (_, rights) => {
    put('/notes', at(1, directory(rights)));
    const before = identity();
    expect(layers.looked).toContain('/notes/SKILL.md');
    expect(layers.looked).not.toContain('/ml/train/SKILL.md');
    expect(layers.listed.toSorted()).toEqual(DIRECTORIES);
    put('/notes/SKILL.md', at(2, file('next')));
    expect(identity()).not.toBe(before);
  });

  test('is told by its files where the world does not say when a directory has changed', () => {
    for (const path of DIRECTORIES) put(path, directory());
    const before = identity();
    put('/ml/train/scripts/run.py', at(2, file('next')));
    expect(identity()).not.toBe(before);
  });

  test('is the same where a facts document stands for its machine', () => {
    const cover = {
      known: [],
      value: (value: string) => value,
      digest: (digest: string) => digest,
      text: (content: string) => content,
    };
    const policy = { guarded: [], self: 0 };
    const recording = new RecordingTree(layers, cover);
    const here = imageIdentity(new World(recording, policy), IMAGE, undefined);
    const json: unknown = JSON.parse(JSON.stringify(worldRecord.encode(recording.record())));
    const elsewhere = new World(new RecordedTree(worldRecord.decode(json, '')), policy);
    expect(imageIdentity(elsewhere, IMAGE, undefined)).toEqual(here);
  });
});
