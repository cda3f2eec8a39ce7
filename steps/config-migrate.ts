/** config.migrate: the agent's own helper brings its configuration to the version of the image. */
import { absolutePaths, argv, environment, path } from '../src/step/fields.ts';
import { info, warning } from '../src/step/notes.ts';
import { fileToChange } from '../src/step/paths.ts';
import { identityOf, isPresent, isUnchanged, stampChanges } from '../src/step/program.ts';
import type { ObjectSchema, OptionsOf } from '../src/step/schema.ts';
import { defineStep, type Note, type Outcome, type StepContext } from '../src/step/step.ts';
import { mayChange } from '../src/step/touch.ts';
import { parentOf } from '../src/system/path.ts';
import type { Command } from '../src/system/system.ts';
import { backupChanges } from './config-migrate/backups.ts';
import { expressionOf, TARGET_SCHEMA, targetVersion } from './config-migrate/target.ts';
import { parseVersion, readVersion } from './config-migrate/version.ts';

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
        'fails-on': {
          type: 'string',
          minLength: 1,
          description:
            'A regular expression, in any case: a line of its output that it matches is a failure, ' +
            'whatever its exit code says.',
        },
        copies: absolutePaths(
          'Directories in which it leaves backups of its own. A run that fails is undone, and the ' +
            'copies that it made there of files that are as they were are removed.',
        ),
        target: TARGET_SCHEMA,
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
  const key = options['version-key'] ?? schema.properties['version-key'].default;
  const target = targetVersion(system, helper.target);
  const failsOn = failurePattern(helper);
  if (absent !== undefined && target === undefined) {
    return { skipped: `this image has no ${absent}` };
  }
  const version = await readVersion(system.read(options.file), key);
  if (version.kind === 'invalid') return notMigrated(options.file, version.reason);
  // A file without a version is older than all.
  const from = version.kind === 'known' ? version.version : 0;
  const had = version.kind === 'known' ? `is of version ${from}` : 'has no version';
  if (target !== undefined && from >= target) {
    return { converged: `${options.file} is of version ${from}, and the image expects ${target}` };
  }
  if (absent !== undefined) {
    const expected = target === undefined ? '' : `, the image expects ${target}`;
    const text = `${options.file} ${had}${expected}, and nothing migrates it: this image has no ${absent}`;
    return { converged: `this image has no ${absent}`, notes: [warning(text)] };
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
  // Of what is migrated every line counts: the agent ignores all of a file that it cannot parse.
  const parsed = await parseVersion(system.read(options.file), key);
  if (parsed.kind === 'invalid') return notMigrated(options.file, parsed.reason);
  const { changes, notes } = backupChanges(system, options.backup, from);
  return {
    changes: [
      ...changes,
      {
        kind: 'command',
        path: options.file,
        command: { ...commandOf(context, [program, ...args]), ...failsOn },
        restore: [...new Set([options.file, ...options.backup])],
        copies: [
          ...new Set([
            ...[options.file, ...options.backup].map(parentOf),
            ...(helper.copies ?? []),
          ]),
        ],
        opaque: true,
        why: `${had}, and ${target === undefined ? 'the helper knows what is wanted' : `the image expects ${target}`}`,
      },
      ...(fingerprint === undefined
        ? []
        : stampChanges(context, fingerprint, 'the helper has seen these files')),
    ],
    notes,
  };
}

function notMigrated(file: string, reason: string): Outcome {
  const text = `${file} ${reason}: left alone, and not migrated`;
  return { converged: 'there is nothing that can be migrated', notes: [warning(text)] };
}

function commandOf(context: StepContext<Options>, argv: Command['argv']): Command {
  const identity = identityOf(context);
  const { env = {} } = context.with;
  return { argv, env, cwd: '/', ...(identity === undefined ? {} : { identity }) };
}

function failurePattern({ 'fails-on': pattern }: Helper): Pick<Command, 'failsOn'> {
  if (pattern === undefined) return {};
  expressionOf('helper.fails-on', pattern, 'a regular expression');
  return { failsOn: pattern };
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
