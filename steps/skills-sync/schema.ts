/** The options of skills-sync. */
import { owner, path } from '../../src/step/fields.ts';
import type { OptionsOf } from '../../src/step/schema.ts';

export const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['bundled', 'home'],
  properties: {
    bundled: path('The skills of the image.'),
    home: path('The home. Its skills lie below skills/; it is there by then.'),
    owner: owner('Who owns what is made. Without this it is `as`, or the user that runs this.'),
    optional: path(
      'The skills that the image has and gives to nobody. A copy of one in the home, the same in every ' +
        'byte, is recorded in skills/.hub/lock.json as official: it came with an earlier image.',
    ),
    digest: path(
      'A file that the build of the image writes: another text whenever the skills are others. ' +
        'Without one, each boot looks at the times of the directories, and at the files of those ' +
        'that others than root may write or that are not on the layers of the image.',
    ),
    essential: {
      type: 'array',
      items: { type: 'string', minLength: 1, description: 'A name of a skill.' },
      uniqueItems: true,
      description: 'The skills that a home gets even where it wants none, or had one pruned.',
    },
    external: {
      type: 'array',
      items: path('An absolute path.'),
      uniqueItems: true,
      description: 'Directories that supply skills of their own: the home gets no copy of those.',
    },
    config: path('The config.yaml whose skills.external_dirs count as external, too.'),
  },
} as const;

export type Options = OptionsOf<typeof schema>;
