/**
 * Asks the registrar for a slot: root's scan directory is nothing that the account writes to. It is
 * a service of the image, see docker/s6-rc.d/registrar.
 */
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { errnoOf, Problem } from '../../errors/problem.ts';
import { flag, fits, list, object, text, type TypeOf } from '../../text/codec.ts';

/** Where it listens; nobody but root and the account gets there. */
const SOCKET = '/run/hermes-boot-registrar/socket';

/** How long it may take to answer, in milliseconds; s6 has 5 s of them. */
const PATIENCE = 30_000;

/** How often to try again while it starts, or is busy with others, in milliseconds. */
const PAUSE = 100;

/** What it may answer at most, in characters. */
const LONGEST_ANSWER = 10_000;

/** It is not there yet, or has as many requests as it takes at a time. */
const BUSY = new Set(['ENOENT', 'ECONNREFUSED', 'EAGAIN', 'ECONNRESET', 'EPIPE']);

const answer = object({ gateways: list(object({ ok: flag, message: text })) });

/**
 * Has root register or unregister the gateway of a profile. Nothing but the name gets to root.
 * @throws Problem when it refuses, fails, or does not answer in time
 */
export async function askRegistrar(
  action: 'register' | 'unregister',
  profile: string,
): Promise<{ readonly text: string }> {
  const deadline = performance.now() + PATIENCE;
  let said = '';
  while (said === '') {
    try {
      said = await request(`${action} ${profile}\n`, deadline - performance.now());
    } catch (error) {
      const code = errnoOf(error) ?? '';
      if (!BUSY.has(code) || performance.now() > deadline) throw refusal(error);
    }
    if (said === '' && performance.now() > deadline) throw noAnswer('it took no request');
    if (said === '') await setTimeout(PAUSE);
  }
  return outcome(said);
}

/** One request; the answer is empty where it had too many at a time. */
function request(line: string, milliseconds: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = connect(SOCKET);
    socket.setEncoding('utf8');
    socket.setTimeout(Math.max(1, milliseconds), () => {
      socket.destroy(noAnswer(`no answer within ${PATIENCE / 1000} s`));
    });
    socket.on('error', reject);
    socket.on('data', (data: string) => {
      said += data;
      if (said.length > LONGEST_ANSWER) socket.destroy(noAnswer('the answer is too long'));
    });
    socket.on('close', () => {
      resolve(said);
    });
    socket.end(line);
  });
}

function outcome(said: string): { readonly text: string } {
  const [result] = parsed(said);
  if (result === undefined) throw new Problem({ found: `the registrar said: ${said.trim()}` });
  if (!result.ok) throw new Problem({ found: result.message });
  return { text: result.message };
}

function parsed(said: string): TypeOf<typeof answer>['gateways'] {
  try {
    const json: unknown = JSON.parse(said);
    return fits(answer, json) ? json.gateways : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function refusal(error: unknown): unknown {
  const code = errnoOf(error);
  if (code === undefined) return error;
  if (code === 'EACCES') {
    return new Problem({
      code: 'not-permitted',
      found: `this user may not ask the registrar (${SOCKET})`,
      wanted: 'root or hermes',
      mend: 'docker exec --user hermes …',
    });
  }
  return noAnswer(`${SOCKET}: ${code}`);
}

function noAnswer(found: string): Problem {
  return new Problem({
    code: 'timeout',
    found: `the registrar of gateways does not answer: ${found}`,
    mend: [
      'the next boot registers every profile',
      'or do it as root: docker exec --user root CONTAINER hermes-boot gateway register NAME',
    ],
  });
}
