/** auth.rebootstrap: auth.json gets a new session where the one that it has is over or older. */
import { owner, path } from '../src/step/fields.ts';
import { ownerOf } from '../src/step/owner.ts';
import { leftAlone, warning, whatIs } from '../src/step/notes.ts';
import { canonical } from '../src/step/paths.ts';
import { defineStep, type Converged, type Note } from '../src/step/step.ts';
import { mayChange, reliesOnOwner } from '../src/step/touch.ts';
import { isHardLinked } from '../src/system/scan.ts';
import { parseObject } from '../src/text/json-object.ts';
import {
  textAt,
  isLater,
  isUsable,
  obtainedAt,
  type Session,
  readStore,
} from './auth-rebootstrap/auth-file.ts';

/** Tokens are for nobody but the agent. */
const MODE = 0o600;

/** What a look led to, as the agent's own helper calls it. */
type Status = 'bad_seed' | 'no_auth_file' | 'auth_unreadable' | 'not_terminal';

export const authRebootstrap = defineStep({
  uses: 'auth.rebootstrap',
  summary: 'Replace a session in auth.json that is over; everything else in it stays.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['path'],
    properties: {
      path: path('The auth.json. It is never made here.'),
      seed: {
        type: 'string',
        description:
          'The new session: a whole auth.json that has it, or it alone. Unset: nothing is done.',
      },
      provider: {
        type: 'string',
        pattern: '^[A-Za-z0-9_.-]+$',
        default: 'nous',
        description: 'The provider whose session it is.',
      },
      client: {
        type: 'string',
        minLength: 1,
        description: 'The client_id that a seed must have; the session of another is refused.',
      },
      owner: owner('Who owns the file once it is written. Without this it keeps its owner.'),
    },
  },
  plan(context) {
    const { system, with: options } = context;
    const { path: file, seed = '', provider = 'nous' } = options;
    const variable = context.variable('seed');
    if (seed === '') return { skipped: `${variable ?? 'the seed'} is not set` };
    const name = `providers.${provider}`;

    const given = readSeed(seed, provider);
    const { client } = options;
    if (given !== undefined && client !== undefined && given.session.get('client_id') !== client) {
      const found = `the session in ${variable ?? 'the seed'} is not of the client ${client}`;
      const text = `${found}: refused, ${file} stays as it is (#59983)`;
      return nothing('bad_seed', found, warning(text));
    }
    if (given === undefined) {
      const found = `${variable ?? 'the seed'} has no ${name} with an access and a refresh token`;
      const text = `${found}: ${file} stays as it is (#59983)`;
      return nothing('bad_seed', found, warning(text));
    }
    const entry = system.look(file);
    if (entry.type === 'missing') return nothing('no_auth_file', `${file} is missing`);
    if (entry.type !== 'file') {
      return nothing('no_auth_file', `${file} is ${whatIs(entry)}`, leftAlone(file, entry));
    }
    if (isHardLinked(entry)) {
      const found = `${file} has ${entry.stat.nlink} hard links`;
      return nothing('auth_unreadable', found, warning(`${found}: left alone`));
    }
    const store = readStore(system, file, provider, given.text);
    if (store.kind === 'unreadable') {
      const { found } = store;
      return nothing('auth_unreadable', found, warning(`${found}: left alone (#59983)`));
    }
    if (store.kind === 'without') return nothing('not_terminal', `${file} has no ${name}`);
    const { over, obtained, reseeded } = store;
    if (!over && !isLater(obtainedAt(given.session), obtained)) {
      return nothing('not_terminal', `${name} of ${file} is not over, and the seed is not later`);
    }
    const named = options.owner ?? context.as;
    const { uid, gid } = named === undefined ? entry.stat : ownerOf(context, named);
    return {
      changes: [
        {
          kind: 'file',
          path: canonical(system, file),
          content: reseeded,
          mode: MODE,
          owner: { uid, gid },
          from: 'file',
          label: `reseeded, ${name} alone`,
          why: over
            ? 'its session is over and no token is left (#59983)'
            : 'the seed is of a later session (#59983)',
        },
      ],
    };
  },
  touches: ({ path: at, owner: to }) => [...mayChange(at), ...reliesOnOwner(to)],
});

function nothing(status: Status, found: string, ...notes: Note[]): Converged {
  return { converged: `${status}: ${found}`, notes };
}

/** The session in a seed, and its very text; undefined where no agent could go on with it. */
function readSeed(seed: string, provider: string): { session: Session; text: string } | undefined {
  const document = parseObject(seed);
  if (document === undefined) return undefined;
  const keys = document.has('providers') ? ['providers', provider] : [];
  const text = textAt(seed, keys);
  const session = text === undefined ? undefined : parseObject(text);
  if (text === undefined || session === undefined || !isUsable(session)) return undefined;
  return { session, text };
}
