/** config.migrate: the agent's own helper brings its configuration to the version of the image. */
import type { FileChange } from '../src/changes/change.ts';
import { Problem } from '../src/errors/problem.ts';
import { absolutePaths, argv, environment, path } from '../src/step/fields.ts';
import { info, leftAlone, warning, whatIs } from '../src/step/notes.ts';
import { canonical, fileToChange } from '../src/step/paths.ts';
import { identityOf, isPresent, isUnchanged, stampChanges } from '../src/step/program.ts';
import type { ObjectSchema, OptionsOf } from '../src/step/schema.ts';
import { defineStep, type Note, type Outcome, type StepContext } from '../src/step/step.ts';
import { mayChange } from '../src/step/touch.ts';
import type { Content } from '../src/system/content.ts';
import type { Stat } from '../src/system/entry.ts';
import type { Command, ReadSystem } from '../src/system/system.ts';
import { count, nullable, object, text, variant, word } from '../src/text/codec.ts';

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['file', 'backup', 'helper'],
  properties: {
    file: path('The configuration, a YAML mapping. It need not exist.'),
    'version-key': {
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_-]*$',
      default: '_config_version',
      description: 'The key at its top that holds its version.',
    },
    skip: { type: 'boolean', description: 'Leaves the file alone in this boot.' },
    backup: absolutePaths('The files that are copied, each next to itself, before anything else.'),
    helper: {
      type: 'object',
      additionalProperties: false,
      required: ['command'],
      description: "The agent's own program for this. It runs as `as`.",
      properties: {
        command: argv('The program, as an absolute path, and its arguments.'),
        target: {
          type: 'object',
          additionalProperties: false,
          required: ['file', 'pattern'],
          description: 'Where the image says which version it expects.',
          properties: {
            file: path('A file of the image.'),
            pattern: {
              type: 'string',
              minLength: 1,
              description: 'A regular expression whose one group is the version.',
            },
          },
        },
      },
    },
    stamp: path(
      'Where to remember what a helper has seen, so that it does not see the same again. Without this and a target it runs on every boot.',
    ),
    env: environment('Variables for the helper, on top of PATH, HOME and USER.'),
  },
} as const satisfies ObjectSchema;

type Options = OptionsOf<typeof schema>;
type Helper = Options['helper'];

export const configMigrate = defineStep({
  uses: 'config.migrate',
  summary: 'Bring a configuration to the version that the image expects, after a backup.',
  schema,
  async plan(context) {
    const { system, with: options } = context;
    const { file } = options;
    if (options.skip === true) {
      const variable = context.origin('skip');
      return { skipped: variable === undefined ? 'the plan says skip' : `${variable} is set` };
    }
    const entry = fileToChange(system, file);
    if ('converged' in entry) return entry;
    return migrateByHelper(context, options.helper);
  },
  touches: ({ file, backup, stamp }) => [...mayChange([file, ...backup]), ...mayChange(stamp)],
});

/** Starts the helper only when it has work to do. */
async function migrateByHelper(context: StepContext<Options>, helper: Helper): Promise<Outcome> {
  const { system, with: options } = context;
  const [program = '', ...args] = helper.command;
  const scripts = args.filter((word) => /^\/.*\.(?:py|[cm]?js|sh)$/.test(word));
  const absent = [program, ...scripts].find((path) => !isPresent(system, path));
  if (absent !== undefined) return { skipped: `this image has no ${absent}` };
  const key = options['version-key'] ?? schema.properties['version-key'].default;
  const version = await readVersion(system.read(options.file), key);
  if (version.kind === 'invalid') {
    const text = `${options.file} ${version.reason}: left alone, and not migrated`;
    return {
      converged: 'there is nothing that can be migrated',
      notes: [warning(text)],
    };
  }
  // A file without a version is older than all.
  const from = version.kind === 'known' ? version.version : 0;
  const target = targetVersion(system, helper);
  if (target !== undefined && from >= target) {
    return { converged: `${options.file} is of version ${from}, and the image expects ${target}` };
  }
  const { stamp } = options;
  const fingerprint =
    stamp === undefined
      ? undefined
      : {
          of: [
            options.file,
            ...scripts,
            ...(helper.target === undefined ? [] : [helper.target.file]),
          ],
          stamp,
        };
  if (fingerprint !== undefined && isUnchanged(system, fingerprint)) {
    return seenBefore(options.file, from, target);
  }
  const { changes, notes } = backupChanges(system, options.backup, from);
  const had = version.kind === 'known' ? `is of version ${from}` : 'has no version';
  return {
    changes: [
      ...changes,
      {
        kind: 'command',
        path: options.file,
        command: commandOf(context, [program, ...args]),
        restore: [...new Set([options.file, ...options.backup])],
        why: `${had}, and ${target === undefined ? 'the helper knows what is wanted' : `the image expects ${target}`}`,
      },
      ...(fingerprint === undefined
        ? []
        : stampChanges(context, fingerprint, 'the helper has seen these files')),
    ],
    notes,
  };
}

function commandOf(context: StepContext<Options>, argv: Command['argv']): Command {
  const identity = identityOf(context);
  const { env = {} } = context.with;
  return { argv, env, cwd: '/', ...(identity === undefined ? {} : { identity }) };
}

/** The version that the image expects; undefined where it does not tell. */
function targetVersion(system: ReadSystem, { target }: Helper): number | undefined {
  if (target === undefined || system.look(target.file).type !== 'file') return undefined;
  const { pattern } = target;
  const version = system.readAs<number | null>(target.file, {
    name: `the number in ${pattern}`,
    codec: nullable(count),
    read(text) {
      const found = patternOf(pattern).exec(text)?.[1];
      return found !== undefined && /^\d{1,9}$/.test(found) ? Number(found) : null;
    },
  });
  return version ?? undefined;
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, 'm');
  } catch {
    throw new Problem({
      found: `helper.target.pattern is ${text}`,
      wanted: 'a regular expression whose one group is the version',
    });
  }
}

function seenBefore(file: string, from: number, target: number | undefined): Outcome {
  const converged = 'the helper has seen these very files already';
  const notes: Note[] = [
    target === undefined
      ? info(`${file} stays at version ${from}: ${converged}`)
      : warning(`${file} stays at version ${from}, and the image expects ${target}: ${converged}`),
  ];
  return { converged, notes };
}

/** The most backups of one version that a file may have. */
const MOST = 99;

/** The copies of some files as they are before a migration, each next to its original. */
export function backupChanges(
  system: ReadSystem,
  paths: readonly string[],
  version: number,
): { changes: FileChange[]; notes: Note[] } {
  const changes: FileChange[] = [];
  const notes: Note[] = [];
  for (const path of paths) {
    const entry = system.look(path);
    if (entry.type === 'missing') continue;
    if (entry.type !== 'file') {
      notes.push(leftAlone(path, entry, 'it is not backed up'));
      continue;
    }
    const content = system.read(path);
    const at = freeName(system, `${canonical(system, path)}.bak-v${version}`, content, entry.stat);
    if (at === undefined) continue;
    const { uid, gid } = entry.stat;
    changes.push({
      kind: 'file',
      path: at,
      content,
      mode: 0o600,
      owner: { uid, gid },
      from: 'absent',
      label: `copy of ${path}`,
      why: `the migration from version ${version} can be undone by hand`,
    });
  }
  return { changes, notes };
}

/**
 * The first name that no other backup has; undefined where one of them holds the same already, as
 * after an interrupted boot. Numbered, and not named by what it holds: whoever can read the name
 * but not the file could guess a secret from a digest of it.
 */
function freeName(
  system: ReadSystem,
  base: string,
  content: Content,
  { size }: Stat,
): string | undefined {
  for (let number = 1; number <= MOST; number += 1) {
    const at = number === 1 ? base : `${base}.${number}`;
    const there = system.look(at);
    if (there.type === 'missing') return at;
    if (there.type !== 'file') {
      throw new Problem({ found: `${at} is ${whatIs(there)}`, wanted: 'a backup, or nothing' });
    }
    if (there.stat.size === size && content.equals(system.read(at))) return undefined;
  }
  throw new Problem({
    found: `${base} and ${MOST - 1} more backups are there`,
    mend: 'remove those that nobody needs',
  });
}

/** The version that a configuration says it is of. */
export type Version =
  | { readonly kind: 'known'; readonly version: number }
  | { readonly kind: 'unversioned' }
  /** It cannot be read, or is not a mapping: `reason` says so as the end of a sentence. */
  | { readonly kind: 'invalid'; readonly reason: string };

const FORMS = {
  known: object({ kind: word('known'), version: count }),
  unversioned: object({ kind: word('unversioned') }),
  invalid: object({ kind: word('invalid'), reason: text }),
};

const versionCodec = variant<Version>('kind', FORMS);

/** What the lines of a configuration say of its version. */
type Glance = Version | { readonly kind: 'doubtful' };

const glanceCodec = variant<Glance>('kind', {
  ...FORMS,
  doubtful: object({ kind: word('doubtful') }),
});

/**
 * Reads the version of a configuration. A boot with nothing to migrate should not pay for a
 * parser, so that one is loaded only where a look at the lines leaves doubt.
 * @param key the key at the top that holds it
 */
export async function readVersion(content: Content, key: string): Promise<Version> {
  const glance = content.open({
    name: key,
    codec: glanceCodec,
    read: (source) => glanceAt(source, key),
  });
  if (glance.kind !== 'doubtful') return glance;
  const { isMap, parseDocument } = await import('yaml');
  return content.open<Version>({
    name: `${key} by the parser`,
    codec: versionCodec,
    read(source) {
      const document = parseDocument(source, { prettyErrors: false });
      const [error] = document.errors;
      if (error !== undefined) {
        return { kind: 'invalid', reason: `is not valid YAML (${error.code.toLowerCase()})` };
      }
      if (!isMap(document.contents)) return { kind: 'invalid', reason: 'is not a mapping' };
      const value = document.get(key);
      if (value === undefined || value === null) return { kind: 'unversioned' };
      const version = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
      return typeof version === 'number' && Number.isSafeInteger(version) && version >= 0
        ? { kind: 'known', version }
        : { kind: 'invalid', reason: `has a ${key} that is not a version` };
    },
  });
}

function glanceAt(source: string, key: string): Glance {
  if (!source.includes(key)) return { kind: 'unversioned' };
  const body = source.replace(/^(?:[ \t]*(?:#.*)?\r?\n)*---[ \t]*\r?\n/, '');
  const line = new RegExp(`^${key}[ \\t]*:[ \\t]+(\\d{1,9})(?:[ \\t]+#.*|[ \\t]*)\\r?$`, 'gm');
  const [match, ...more] = [...body.matchAll(line)];
  const isOneDocument = !/^(?:---|\.\.\.)/m.test(body);
  return match !== undefined && more.length === 0 && isOneDocument
    ? { kind: 'known', version: Number(match[1]) }
    : { kind: 'doubtful' };
}
