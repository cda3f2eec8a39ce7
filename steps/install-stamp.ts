/** install-stamp: removes an install stamp that an image has left in shared data. */
import type { RemovalChange } from '../src/changes/change.ts';
import { path } from '../src/step/fields.ts';
import { whatIs } from '../src/step/notes.ts';
import { canonical } from '../src/step/paths.ts';
import { defineStep } from '../src/step/step.ts';
import { mayChange } from '../src/step/touch.ts';
import type { Reader } from '../src/system/content.ts';
import { flag } from '../src/text/codec.ts';
import { counted } from '../src/text/phrases.ts';

/** A stamp is one word; what is larger is something else. */
const STAMP_LIMIT = 1024;

export const installStamp = defineStep({
  uses: 'install-stamp',
  summary: 'Remove an install stamp that an image has left in shared data; others stay.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['path', 'value'],
    properties: {
      path: path('The stamp in the shared data.'),
      value: {
        type: 'string',
        pattern: '^\\S+$',
        description: 'What it says, white space aside, when it is to go.',
      },
      own: path("The image's own stamp. It stays, even where `path` names the same file."),
    },
  },
  plan({ system, with: options }) {
    const stays = (converged: string) => ({ converged });
    const entry = system.look(options.path);
    if (entry.type === 'missing') return stays(`${options.path} is missing, as it should be`);
    if (entry.type !== 'file') return stays(`${options.path} is ${whatIs(entry)}: left alone`);
    if (options.path === options.own) return stays(`${options.path} is the image's own`);
    const { size } = entry.stat;
    if (size > STAMP_LIMIT) return stays(`${options.path} has ${size} bytes: no stamp, left alone`);
    if (!system.readAs(options.path, says(options.value))) {
      return stays(
        `${options.path} does not say ${options.value}: it is somebody else's and stays`,
      );
    }
    const own = options.own !== undefined && system.look(options.own).type === 'file';
    const change: RemovalChange = {
      kind: 'removal',
      path: canonical(system, options.path),
      was: 'file',
      from: `file, ${counted(size, 'byte')}`,
      why:
        `says ${options.value}, but the home is shared data: a host install would refuse to update.` +
        (own ? ` The image's own stamp is ${options.own}.` : ''),
    };
    return { changes: [change] };
  },
  touches: (options) => mayChange(options.path),
});

/** Whether a stamp says one word, white space aside. */
function says(word: string): Reader<boolean> {
  return {
    name: `whether it says ${word}`,
    codec: flag,
    read: (text) => text.replace(/\s/g, '') === word,
  };
}
