/**
 * command: runs a command of the image when what it makes is missing or what it needs has changed.
 */
import type { Command } from '../src/system/system.ts';
import { Problem } from '../src/errors/problem.ts';
import { absolutePaths, argv, choice, environment, path } from '../src/step/fields.ts';
import { identityOf, isPresent, isUnchanged, stampChanges } from '../src/step/program.ts';
import { defineStep } from '../src/step/step.ts';
import { mayChange, reliesOn } from '../src/step/touch.ts';

export const command = defineStep({
  uses: 'command',
  summary: 'Run a command when what it makes is missing, or what it depends on has changed.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['argv'],
    anyOf: [choice('creates'), choice('fingerprint')],
    properties: {
      argv: argv('The program, as an absolute path, and its arguments. It runs as `as`.'),
      env: environment('Variables for it, on top of PATH, HOME and USER.'),
      'if-present': absolutePaths(
        'Files or directories without which there is nothing to run: an image or a home that lacks one is left alone.',
      ),
      cwd: path('The directory that it starts in; / without this.'),
      creates: path('What it makes: when this is there, the command is not run for it.'),
      fingerprint: {
        type: 'object',
        additionalProperties: false,
        required: ['of', 'stamp'],
        description: 'Runs the command again when one of some files has changed since.',
        properties: {
          of: absolutePaths('The files.'),
          stamp: path('Where to remember what they were like after the command.'),
        },
      },
    },
  },
  plan(context) {
    const { system, with: options } = context;
    const { creates, fingerprint } = options;
    const absent = options['if-present']?.find((at) => !isPresent(system, at));
    if (absent !== undefined) return { skipped: `${absent} is missing` };
    const isMissing = creates !== undefined && system.look(creates).type === 'missing';
    const hasChanged = fingerprint !== undefined && !isUnchanged(system, fingerprint);
    if (!isMissing && !hasChanged) {
      return {
        converged:
          fingerprint === undefined
            ? `${creates ?? ''} is there`
            : `${fingerprint.of.join(', ')}: unchanged since the last run`,
      };
    }
    const [program = '', ...args] = options.argv;
    if (!program.startsWith('/') || !isPresent(system, program)) {
      throw new Problem({
        found: program.startsWith('/')
          ? `${program} is missing`
          : `${program} is not an absolute path`,
        wanted: 'a program of the image',
        mend: 'name one that the image has, or leave the step out with `when`',
      });
    }
    const identity = identityOf(context);
    const toRun: Command = {
      argv: [program, ...args],
      env: options.env ?? {},
      cwd: options.cwd ?? '/',
      ...(identity === undefined ? {} : { identity }),
    };
    const why = isMissing
      ? `${creates} is missing`
      : `${fingerprint?.of.join(', ') ?? ''}: changed since the last run, or never run`;
    return {
      changes: [
        { kind: 'command', path: program, command: toRun, restore: [], opaque: true, why },
        ...(fingerprint === undefined ? [] : stampChanges(context, fingerprint, 'it has run')),
      ],
    };
  },
  touches: ({ creates, fingerprint, ...options }) => [
    ...mayChange(creates),
    ...mayChange(fingerprint?.stamp),
    ...reliesOn(fingerprint?.of),
    ...reliesOn(options['if-present']),
  ],
});
