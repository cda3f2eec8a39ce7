import { Problem } from '../../src/errors/problem.ts';
import { info, warning } from '../../src/step/phrases.ts';
import { identityOf, isPresent, isUnchanged, stampChanges } from '../../src/step/program.ts';
import type { Note, Outcome, StepContext } from '../../src/step/step.ts';
import type { Command } from '../../src/system/command.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { count, nullable } from '../../src/text/codec.ts';
import { backupChanges } from './backup.ts';
import type { Options } from './schema.ts';
import { readVersion } from './read-version.ts';
import { versionNumber } from './version.ts';

type Helper = NonNullable<Options['helper']>;

/** Migrates a configuration by the agent's own helper, started only when it has work to do. */
export async function migrateByHelper(
  context: StepContext<Options>,
  helper: Helper,
  key: string,
): Promise<Outcome> {
  const { system, with: options } = context;
  const [program = '', ...args] = helper.command;
  const scripts = args.filter((word) => /^\/.*\.(?:py|[cm]?js|sh)$/.test(word));
  const absent = [program, ...scripts].find((path) => !isPresent(system, path));
  if (absent !== undefined) return { skipped: `this image has no ${absent}` };
  const version = await readVersion(system.read(options.file), key);
  if (version.kind === 'invalid') {
    const text = `${options.file} ${version.reason}: left alone, and not migrated`;
    return {
      changes: [],
      otherwise: 'there is nothing that can be migrated',
      notes: [warning(text)],
    };
  }
  const from = versionNumber(version);
  const target = targetVersion(system, helper);
  if (target !== undefined && from >= target) {
    const otherwise = `${options.file} is of version ${from}, and the image expects ${target}`;
    return { changes: [], otherwise };
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
    otherwise: '',
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
  const otherwise = 'the helper has seen these very files already';
  const notes: Note[] = [
    target === undefined
      ? info(`${file} stays at version ${from}: ${otherwise}`)
      : warning(`${file} stays at version ${from}, and the image expects ${target}: ${otherwise}`),
  ];
  return { changes: [], otherwise, notes };
}
