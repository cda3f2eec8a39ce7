/** The options of file.seed, and what a file is seeded with: a file of the image or a text. */
import type { FileChange } from '../../src/changes/change.ts';
import { Problem } from '../../src/errors/problem.ts';
import { choice, mode, owner, path } from '../../src/step/fields.ts';
import { ownerOf } from '../../src/step/owner.ts';
import { whatIs } from '../../src/step/notes.ts';
import { canonical } from '../../src/step/paths.ts';
import { contentEquals } from '../../src/step/program.ts';
import type { OptionsOf } from '../../src/step/schema.ts';
import type { StepContext } from '../../src/step/step.ts';
import { Content, type Reader, sealed } from '../../src/system/content.ts';
import { EditedContent } from '../../src/system/edited-content.ts';
import { parseMode } from '../../src/system/entry.ts';
import { TARGET_SCHEMA, targetVersion } from '../config-migrate/target.ts';

export const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['path'],
  anyOf: [choice('from'), choice('content')],
  properties: {
    path: path('The file. Its directory is there by then.'),
    from: path('The file of the image that it starts as a copy of.'),
    content: { type: 'string', description: 'The text that it starts with, instead of `from`.' },
    owner: owner('Who owns the new file. Without this it is `as`, or the user that runs this.'),
    mode: mode('The mode of the new file; 0644 without this.'),
    version: {
      type: 'object',
      additionalProperties: false,
      required: ['key', 'target'],
      description:
        'Writes the version that the image expects into a copy of `from`, so that no migration, which keeps no comment, changes what is new.',
      properties: {
        key: {
          type: 'string',
          pattern: '^[A-Za-z_][A-Za-z0-9_-]*$',
          description: 'The key at the top of the YAML file that holds the version.',
        },
        target: TARGET_SCHEMA,
      },
    },
    follow: path(
      'Where to remember what was seeded. With it, a file that nobody has edited follows its source. Missing parents are made for the owner, with mode 0755.',
    ),
    required: {
      type: 'boolean',
      default: false,
      description: 'Whether a missing source is a failure instead of a warning.',
    },
  },
} as const;

export type Options = OptionsOf<typeof schema>;

/** What a file is seeded with. It is read when somebody asks for it: its size often is enough. */
export interface Source {
  readonly size: number;
  /** @throws Problem when it cannot be read */
  content(): Content;
  /**
   * Whether another content is the same.
   * @throws Problem when it cannot be read
   */
  equals(other: Content): boolean;
}

/**
 * The source that the options name: undefined where they name none, a text where it is no regular
 * file.
 * @throws Problem when they name two
 */
export function sourceOf({
  system,
  with: options,
}: StepContext<Options>): Source | string | undefined {
  const { path: target, from, content } = options;
  if (from !== undefined && content !== undefined) {
    throw new Problem({
      found: `the plan has both from and content for ${target}`,
      wanted: 'one of them',
    });
  }
  if (content !== undefined) {
    const own = Content.ofText(content);
    return {
      size: own.size,
      content: () => own,
      equals: (other) => other.open(contentEquals(own)),
    };
  }
  if (from === undefined) return undefined;
  const entry = system.look(from);
  if (entry.type !== 'file') return `${from} is ${whatIs(entry)}`;
  let copy: Content | undefined;
  const version = targetVersion(system, options.version?.target);
  const key = options.version?.key;
  const read = (): Content => {
    if (copy !== undefined) return copy;
    const original = system.read(from);
    copy = original;
    if (key !== undefined && version !== undefined) {
      const reader = stamped(key, version);
      copy = new EditedContent(original, original.open(reader), reader.name);
    }
    return copy;
  };
  const size = version === undefined ? entry.stat.size : read().size;
  return { size, content: read, equals: (other) => read().equals(other) };
}

/** A YAML file with a version at its top, in place of the one that it has. What is not text stays. */
function stamped(key: string, version: number): Reader<Content> {
  const line = `${key}: ${version}`;
  return {
    name: `the file with ${line}`,
    codec: sealed,
    read(text, exact) {
      if (!exact) throw new Problem({ found: 'the source is no UTF-8 text', wanted: 'YAML' });
      const own = new RegExp(`^${key}[ \\t]*:(?: +\\d+|[ \\t]*)(?=[ \\t]*(?:#.*)?\\r?$)`, 'm');
      if (own.test(text)) return Content.ofText(text.replace(own, line));
      const ending = text.includes('\r\n') ? '\r\n' : '\n';
      const before = text === '' || text.endsWith('\n') ? text : text + ending;
      return Content.ofText(`${before}${line}${ending}`);
    },
  };
}

/** The change that puts a source in place. */
export function putInPlace(
  context: StepContext<Options>,
  source: Source,
  about: Pick<FileChange, 'from' | 'why'>,
): FileChange {
  const { system, with: options } = context;
  return {
    kind: 'file',
    path: canonical(system, options.path),
    content: source.content(),
    mode: modeOf(options),
    owner: ownerOf(context, options.owner),
    ...(options.from === undefined
      ? { label: 'text of the plan' }
      : { label: `copy of ${options.from}`, again: true }),
    ...about,
  };
}

/** The mode of what is seeded. */
export function modeOf(options: Options): number {
  return parseMode(options.mode ?? '0644');
}
