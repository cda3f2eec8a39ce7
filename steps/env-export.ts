/** env.export: a variable is exported to all later services. */
import { exportChanges } from '../src/step/env-variables.ts';
import { variable } from '../src/step/fields.ts';
import { changesOr, defineStep } from '../src/step/step.ts';
import { mayChange } from '../src/step/touch.ts';
import { envdirPath } from '../src/system/container-env.ts';

export const envExport = defineStep({
  uses: 'env.export',
  summary: 'Export a variable to every service that s6 starts afterwards.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'value'],
    properties: {
      name: variable('The variable.'),
      value: { type: 'string', pattern: '^[^\\n]*$', description: 'Its value, one line.' },
    },
  },
  plan(context) {
    const { name, value } = context.with;
    const why = 'later services read it from there';
    return changesOr(
      exportChanges(context, name, value, why, context.isSecret('value')),
      `${name} is exported already`,
    );
  },
  touches: ({ name }) => mayChange(envdirPath(name)),
});
