/** Where root may act on what the account can write, and why that gives the account nothing. */
import { INIT } from './actors.ts';
import type { Deed } from './root-acts.ts';
import type { JudgedAct } from './traced-container.ts';

/** A reason, and the acts that it is good for. */
export interface Reason {
  readonly name: string;
  readonly actors: readonly string[];
  readonly deeds: readonly Deed[];
  readonly paths: RegExp;
  /** Whether only what goes through an open directory without following links is meant. */
  readonly held?: true;
  /** Whether it takes a process that runs at the right moment, so that a life may do without it. */
  readonly byChance?: true;
  readonly text: string;
}

/** What the account may write: its home, parts of the install tree, and temporary files. */
const ACCOUNTS = /^\/(?:opt\/data|opt\/hermes\/(?:\.venv|gateway|node_modules|ui-tui)|tmp)(?:\/|$)/;
const HERMES_BOOT = ['hermes-boot', 'the registrar'];

export const REASONS: readonly Reason[] = [
  {
    name: 'control FIFO',
    actors: [INIT, 's6-supervise', ...HERMES_BOOT],
    deeds: ['reads', 'writes', 'makes', 'removes', 'sets owner of', 'sets mode of'],
    paths: /\/supervise\/control$/,
    text:
      'members of the group of the account may write to it by design. s6-supervise reads single ' +
      'letters from it, none of which names a program or a path. Its directory is root’s, so that ' +
      'nothing else can come to stand there.',
  },
  {
    name: 'held',
    actors: HERMES_BOOT,
    deeds: ['writes', 'makes', 'renames', 'removes', 'sets owner of', 'sets mode of'],
    paths: ACCOUNTS,
    held: true,
    text:
      'the engine opens each directory on the way without following links, checks the entry that ' +
      'it holds open, and changes that very entry. A path that is swapped meanwhile changes nothing.',
  },
  {
    name: 'data',
    actors: HERMES_BOOT,
    deeds: ['reads', 'lists'],
    paths: ACCOUNTS,
    text:
      'read as data, up to a size, and checked: names, states and settings. Nothing of it names ' +
      'what root runs, loads or writes to.',
  },
  {
    name: 'process list',
    actors: ['scripts of the static services', 'scripts in cont-init.d', ...HERMES_BOOT],
    deeds: ['reads'],
    paths: /^\/proc\/\d+\/cmdline$/,
    byChance: true,
    text:
      'they look for the process that waits to run the main program, and take it from none but a ' +
      'process of root. What the map shows here became the account after it was read.',
  },
  {
    name: 'main program',
    actors: ['main-wrapper.sh', 'scripts in cont-finish.d'],
    deeds: ['reads'],
    paths: /^\/proc\/\d+\/stat$/,
    text:
      'when the main program began, as the kernel says: kept in a file of root’s by the time that it ' +
      'becomes the account, and compared when the container stops. It gets a SIGTERM then, and ' +
      'nothing else comes of it.',
  },
  {
    name: 'registrar',
    actors: ['the registrar'],
    deeds: ['listens at', 'removes'],
    paths: /^\/run\/hermes-boot-registrar\/socket$/,
    text:
      'the group of the account may connect. The registrar asks the kernel who it is, and takes ' +
      'nothing but “register” or “unregister” and the name of a profile, which it checks.',
  },
  {
    name: 'PATH, not used',
    actors: [
      'hermes-boot',
      ...[INIT, 's6-svscan', 's6-supervise', 'docker exec', 'main-wrapper.sh'],
      ...[
        'scripts in cont-init.d',
        'scripts in cont-finish.d',
        'scripts of a gateway slot',
        'the registrar',
      ],
      'scripts of the static services',
    ],
    deeds: ['looks programs up in'],
    paths: /^\/opt\/data\/\.local\/bin$/,
    text:
      's6-overlay hands on the PATH of the container, with `/command` in front, where its own ' +
      'programs are. Our scripts and hermes-boot set another one first, or name each program by its whole path. ' +
      'A program that root had looked for in the home would stand here as “runs”.',
  },
  {
    name: 'environment of the first program',
    actors: [INIT, 'docker exec'],
    deeds: ['is given', 'loads'],
    paths: /^(?:\$\w+|\/opt\/data\/lib\/.*)$/,
    text:
      'the operator gave these variables to the container, and the first program of a container or ' +
      'of a `docker exec` starts with them before any script can drop them: see Limits.',
  },
];

/** The reason for an act, if there is one. */
export function reasonFor(act: JudgedAct): Reason | undefined {
  return REASONS.find(
    ({ actors, deeds, paths, held }) =>
      actors.includes(act.actor) &&
      deeds.includes(act.deed) &&
      paths.test(act.path) &&
      (held === undefined || act.isHeld),
  );
}
