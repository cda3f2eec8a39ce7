import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { planSchema } from '../src/plan/schema.ts';
import { stepTypes } from '../steps/index.ts';

/*
 * Writes plans/plan.schema.json from the step types. With --check it only says whether the file
 * is what it would write.
 */

const file = fileURLToPath(new URL('../plans/plan.schema.json', import.meta.url));
const wanted = await format(JSON.stringify(planSchema(stepTypes)), {
  ...(await resolveConfig(file)),
  filepath: file,
});

if (!process.argv.includes('--check')) {
  await writeFile(file, wanted);
  process.stdout.write(`plans/plan.schema.json: ${stepTypes.length} step types\n`);
} else if ((await readFile(file, 'utf8').catch(() => '')) !== wanted) {
  process.stderr.write('plans/plan.schema.json is not what the step types say: npm run schema\n');
  process.exitCode = 1;
}
