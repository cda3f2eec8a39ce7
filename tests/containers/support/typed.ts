/**
 * `docker` and `kubectl` as a reader types them, on the engine of this machine: images, containers and
 * volumes are those of a test, nothing has a network, and a start ends when the boot has ended.
 */
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { Ajv } from 'ajv';
import type { Surroundings } from '../../../scripts/docs/session.ts';
import { temporaryDirectory } from '../../support/real-root.ts';
import { ENGINE, engine } from './engine.ts';
import { buildContexts } from './images.ts';
import { containersOf } from './kubernetes.ts';
import { bindMount } from './volumes.ts';

const PROJECT = join(import.meta.dirname, '../../..');

/** Where a page is typed, and what has to be made ready before each of its blocks. */
interface Desk extends Surroundings {
  /** Reads the compose file that the page has written by now. */
  readonly ready: () => void;
}

/**
 * A directory to type in, with a home in `data`, and everything that it takes in PATH.
 * @param home files of that home
 */
export async function desk(home: Readonly<Record<string, string>> = {}): Promise<Desk> {
  const base = temporaryDirectory();
  const cwd = join(base, 'desk');
  const [container, volume] = [randomUUID(), randomUUID()].map((id) => `hermes-boot-${id}`);
  onTestFinished(async () => {
    await engine('rm', '-f', '-v', '-t', '0', '-i', container ?? '');
    await engine('volume', 'rm', '-f', volume ?? '');
  });
  mkdirSync(cwd);
  renameSync(bindMount(home), join(cwd, 'data'));
  cpSync(join(PROJECT, 'docker'), join(cwd, 'docker'), { recursive: true });
  const variables = {
    ENGINE,
    PROJECT,
    IMAGE: inject('image'),
    CONTAINER: container ?? '',
    VOLUME: volume ?? '',
    COMPOSE: join(base, 'compose-words'),
    POD: join(base, 'pod-words'),
    SOCKET: join(base, 'docker.sock'),
  };
  const daemon = createServer().listen(variables.SOCKET);
  onTestFinished(() => {
    daemon.close();
  });
  for (const [name, script] of Object.entries({ docker: DOCKER, kubectl: KUBECTL }))
    writeCommand(join(base, 'bin', name), script);
  writeFileSync(
    join(base, 'contexts'),
    lines(await buildContexts({ 'hermes-agent': inject('image') })),
  );
  const [pod] = containersOf('statefulset.yaml', join(cwd, 'data'));
  writeFileSync(
    variables.POD,
    lines([...(pod?.options ?? []), inject('image'), ...(pod?.words ?? [])]),
  );
  return {
    cwd,
    env: {
      ...variables,
      CONTEXTS: join(base, 'contexts'),
      CONTAINERS_CONF: join(import.meta.dirname, 'containers.conf'),
      HOME: process.env.HOME ?? '/root',
      LANG: 'C.UTF-8',
      PATH: `${join(base, 'bin')}:${process.env.PATH ?? ''}`,
    },
    ready: () => {
      const file = join(cwd, 'compose.yaml');
      if (existsSync(file)) writeFileSync(variables.COMPOSE, lines(wordsOfCompose(file)));
    },
  };
}

function lines(words: readonly string[]): string {
  return `${words.join('\n')}\n`;
}

function writeCommand(path: string, script: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, script);
  chmodSync(path, 0o755);
}

/** What of a service in a compose file has an option of `docker run` for it. */
interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
}

const isCompose = new Ajv().compile<{ readonly services: { readonly hermes: Service } }>({
  type: 'object',
  required: ['services'],
  properties: { services: { type: 'object', required: ['hermes'] } },
});

/** Words of `docker run` for the service `hermes` of a compose file, with its default values. */
function wordsOfCompose(file: string): string[] {
  const document: unknown = parse(readFileSync(file, 'utf8'));
  if (!isCompose(document)) throw new Error(`${file} has no service hermes`);
  const { command = [], environment = {}, volumes = [] } = document.services.hermes;
  const filled = (value: string | number): string =>
    String(value).replace(/\$\{\w+:-([^}]*)\}/g, '$1');
  return [
    ...Object.entries(environment).flatMap(([name, value]) => ['-e', `${name}=${filled(value)}`]),
    ...volumes.flatMap((volume) => ['-v', volume]),
    inject('image'),
    ...command,
  ];
}

const COMMON = `#!/bin/bash
set -e
run=("$ENGINE" run --network none -e S6_KILL_GRACETIME=100)

# Until the boot has ended, well or not.
wait_for_boot() {
  for _ in $(seq 150); do
    state=$("$ENGINE" exec "$CONTAINER" /usr/local/bin/hermes-boot status reconcile-profiles 2>&1) && break
    case $state in
      running:* | unknown:*) sleep 0.2 ;;
      *) break ;;
    esac
  done
}

# The names of a page are those of a test: the image, the first "hermes" that is no user, the volume.
swap() {
  words=()
  before=
  container=$CONTAINER
  for word in "$@"; do
    case $before$word in
      -u* | --user* | --entrypoint*) ;;
      *hermes) [ "$word" != hermes ] || { word=$container; container=hermes; } ;;
      *hermes-agent) word=$IMAGE ;;
      */var/run/docker.sock:*) word=$SOCKET:\${word#*:} ;;
      *hermes-data:*) word=$VOLUME:\${word#hermes-data:} ;;
    esac
    words+=("$word")
    case $word in
      -u | --user | --entrypoint) before=$word ;;
      *) before= ;;
    esac
  done
}
`;

const DOCKER = `${COMMON}
command=$1
shift
case $command in
  build)
    mapfile -t contexts < "$CONTEXTS"
    words=()
    while [ "$#" -gt 0 ]; do
      case $1 in
        -t) shift ;;
        .) words+=("$PROJECT") ;;
        *) words+=("$1") ;;
      esac
      shift
    done
    "$ENGINE" build -q "\${contexts[@]}" "\${words[@]}" > /dev/null
    ;;
  run)
    swap "$@"
    case " $* " in
      *' -d '*)
        "\${run[@]}" "\${words[@]}" > /dev/null
        wait_for_boot
        ;;
      *) "\${run[@]}" "\${words[@]}" ;;
    esac
    ;;
  start | restart)
    swap "$@"
    "$ENGINE" "$command" "\${words[@]}" > /dev/null
    wait_for_boot
    ;;
  compose)
    mapfile -t words < "$COMPOSE"
    command=$1
    shift
    case $command in
      up)
        "\${run[@]}" -d --name "$CONTAINER" "\${words[@]}" > /dev/null
        wait_for_boot
        ;;
      exec | run) shift; "$ENGINE" exec "$CONTAINER" "$@" ;;
      logs) "$ENGINE" logs "$CONTAINER" ;;
      stop) "$ENGINE" stop "$CONTAINER" > /dev/null ;;
      down) "$ENGINE" rm -f -t 20 "$CONTAINER" > /dev/null ;;
      *) echo "compose $command: not known here" >&2; exit 64 ;;
    esac
    ;;
  stop | rm)
    swap "$@"
    "$ENGINE" "$command" "\${words[@]}" > /dev/null
    ;;
  *)
    swap "$@"
    "$ENGINE" "$command" "\${words[@]}"
    ;;
esac
`;

const KUBECTL = `${COMMON}
case "$1 $2" in
  'apply -f')
    [ -e "$3" ]
    mapfile -t words < "$POD"
    "\${run[@]}" -d --name "$CONTAINER" "\${words[@]}" > /dev/null
    wait_for_boot
    ;;
  'exec hermes-0') shift 3; "$ENGINE" exec "$CONTAINER" "$@" ;;
  'logs hermes-0') "$ENGINE" logs "$CONTAINER" ;;
  *) echo "kubectl $*: not known here" >&2; exit 64 ;;
esac
`;
