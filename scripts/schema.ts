import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';
import { planSchema } from '../src/plan/schema.ts';
import { stepTypes } from '../steps/index.ts';
import { schemasOf } from './schema/from-types.ts';

/*
 * Writes plans/plan.schema.json from the step types, and the schemas of all documents from their
 * types (src/report/documents.ts) to schemas/. With --check it only says which files are not what it
 * would write.
 */

const root = fileURLToPath(new URL('..', import.meta.url));

/** The version of all documents, which each of them names. */
const VERSION = 1;

async function pretty(path: string, schema: object): Promise<string> {
  const filepath = join(root, path);
  return format(JSON.stringify(schema), { ...(await resolveConfig(filepath)), filepath });
}

function compilerOptions(): ts.CompilerOptions {
  const { options } = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  }) ?? { options: {} };
  return options;
}

const wanted = new Map<string, string>();
const plans = 'plans/plan.schema.json';
wanted.set(plans, await pretty(plans, planSchema(stepTypes)));
const documents = schemasOf(join(root, 'src/report/documents.ts'), 'Documents', compilerOptions());
for (const { name, description, schema, definitions } of documents) {
  const path = `schemas/${name}.json`;
  const whole = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: `https://hermes-boot.dev/schemas/v${VERSION}/${name}.json`,
    title: `hermes-boot ${name}`,
    description,
    ...schema,
    ...(Object.keys(definitions).length === 0 ? {} : { definitions }),
  };
  wanted.set(path, await pretty(path, whole));
}

const present = await readdir(join(root, 'schemas')).catch(() => []);
const stale = present.map((name) => `schemas/${name}`).filter((path) => !wanted.has(path));

if (!process.argv.includes('--check')) {
  await mkdir(join(root, 'schemas'), { recursive: true });
  for (const path of stale) await rm(join(root, path));
  for (const [path, text] of wanted) await writeFile(join(root, path), text);
  process.stdout.write(`${wanted.size} schemas, ${stepTypes.length} step types\n`);
} else {
  for (const [path, text] of wanted) {
    if ((await readFile(join(root, path), 'utf8').catch(() => '')) !== text) stale.push(path);
  }
  for (const path of stale) {
    process.stderr.write(`${path} is not what the types say: npm run schema\n`);
    process.exitCode = 1;
  }
}
