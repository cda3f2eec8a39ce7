import { choice, mode, owner, path } from '../../src/step/fields.ts';
import type { OptionsOf } from '../../src/step/schema.ts';

/** The options of `file.seed`. */
export const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['path'],
  anyOf: [choice('from'), choice('content')],
  properties: {
    path: path('The file. Its directory is there by then.'),
    from: path('The file of the image that it starts as a copy of.'),
    content: { type: 'string', description: 'The text that it starts with, instead of `from`.' },
    owner: owner('Who owns the new file. Without this it is `as`, or the user that runs this.'),
    mode: mode('The mode of the new file; 0644 without this.'),
    follow: path(
      'Where to remember what was seeded. With it, a file that nobody has edited follows its source. Missing parents are made for the owner, with mode 0755.',
    ),
    required: {
      type: 'boolean',
      default: false,
      description: 'Whether a missing source is a failure instead of a warning.',
    },
  },
} as const;

export type Options = OptionsOf<typeof schema>;
