import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

const EXAMPLES = join(import.meta.dirname, '../../../docker/kubernetes');

/** What of a container in an example has an option of `docker run` for it. */
interface ExampleContainer {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly securityContext: {
    readonly runAsUser: number;
    readonly runAsGroup: number;
    readonly readOnlyRootFilesystem: boolean;
    readonly allowPrivilegeEscalation: boolean;
    readonly capabilities: { readonly drop: readonly string[]; readonly add?: readonly string[] };
  };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly readinessProbe?: { readonly exec: { readonly command: readonly string[] } };
}

interface Example {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly initContainers?: readonly ExampleContainer[];
        readonly containers: readonly ExampleContainer[];
      };
    };
  };
}

const CONTAINER = { type: 'object', required: ['securityContext', 'volumeMounts'] };
const CONTAINERS = { type: 'array', items: CONTAINER };

/** As much of the shape as a slip of the pen would break. */
const isExample = new Ajv().compile<Example>(
  inside(['spec', 'template', 'spec'], {
    type: 'object',
    required: ['containers'],
    properties: { initContainers: CONTAINERS, containers: CONTAINERS },
  }),
);

function inside(path: readonly string[], schema: object): object {
  return path.reduceRight(
    (inner, name) => ({ type: 'object', required: [name], properties: { [name]: inner } }),
    schema,
  );
}

/** Options and words of `docker run` for each container of an example, in their order. */
export function containersOf(file: string, home: string): RunOptions[] {
  const document: unknown = parse(readFileSync(join(EXAMPLES, file), 'utf8'));
  if (!isExample(document)) throw new Error(`${file} is not what these tests can read`);
  const { initContainers = [], containers } = document.spec.template.spec;
  return [...initContainers, ...containers].map((container) => asRun(container, home));
}

interface RunOptions {
  readonly options: string[];
  readonly words: string[];
  /** What asks whether it is ready; empty where nothing does. */
  readonly probe: readonly string[];
}

function asRun(container: ExampleContainer, home: string): RunOptions {
  const { securityContext: context, volumeMounts, env = [], command = [], args = [] } = container;
  const { drop, add = [] } = context.capabilities;
  const [entry, ...first] = command;
  const options = [
    ...['--user', `${context.runAsUser}:${context.runAsGroup}`],
    ...(context.readOnlyRootFilesystem ? ['--read-only'] : []),
    ...(context.allowPrivilegeEscalation ? [] : ['--security-opt', 'no-new-privileges']),
    ...drop.flatMap((name) => ['--cap-drop', name]),
    ...add.flatMap((name) => ['--cap-add', name]),
    ...env.flatMap(({ name, value }) => ['-e', `${name}=${value}`]),
    ...volumeMounts.flatMap(({ name, mountPath }) =>
      name === 'home' ? ['-v', `${home}:${mountPath}`] : ['--tmpfs', `${mountPath}:rw,exec`],
    ),
    ...(entry === undefined ? [] : ['--entrypoint', entry]),
  ];
  const probe = container.readinessProbe?.exec.command ?? [];
  return { options, words: [...first, ...args], probe };
}
