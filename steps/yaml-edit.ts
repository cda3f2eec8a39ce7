/** yaml.edit: keys of a YAML file have the values that a plan gives them; all else stays as it is. */
import { createHash } from 'node:crypto';
import { warning } from '../src/step/notes.ts';
import { canonical, fileToChange } from '../src/step/paths.ts';
import { path } from '../src/step/fields.ts';
import { edit, type YamlEdit } from './yaml-edit/schema.ts';
import { defineStep } from '../src/step/step.ts';
import { mappingParser } from '../src/step/yaml-mapping.ts';
import { mayChange } from '../src/step/touch.ts';
import { Content, sealed, type Reader } from '../src/system/content.ts';
import { EditedContent } from '../src/system/edited-content.ts';
import { object, text, variant, word } from '../src/text/codec.ts';

/** What edits make of a text. */
type Edited =
  | { readonly kind: 'same' }
  | { readonly kind: 'edited'; readonly content: Content }
  | { readonly kind: 'invalid'; readonly reason: string };

const edited = variant<Edited>('kind', {
  same: object({ kind: word('same') }),
  edited: object({ kind: word('edited'), content: sealed }),
  invalid: object({ kind: word('invalid'), reason: text }),
});

export const yamlEdit = defineStep({
  uses: 'yaml.edit',
  summary: 'Set, default, rename or remove keys of a YAML file; its comments and layout stay.',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['path', 'edits'],
    properties: {
      path: path('The file, a YAML mapping. Where it is missing there is nothing to edit.'),
      edits: { type: 'array', minItems: 1, description: 'The edits, in order.', items: edit },
    },
  },
  async plan({ system, with: { path: file, edits } }) {
    const entry = fileToChange(system, file);
    if ('converged' in entry) return entry;
    const content = system.read(file);
    const reader = await editing(edits);
    const result = content.open(reader);
    if (result.kind === 'invalid') {
      const notes = [warning(`${file} ${result.reason}: left alone, and not edited`)];
      return { converged: `${file} is left alone`, notes };
    }
    if (result.kind === 'same') {
      return { converged: `${file} has all that the plan gives it` };
    }
    const { uid, gid, mode } = entry.stat;
    return {
      changes: [
        {
          kind: 'file',
          path: canonical(system, file),
          content: new EditedContent(content, result.content, reader.name),
          // Set-user-id bits do not outlive the change of owner that a new file takes.
          mode: mode & 0o777,
          owner: { uid, gid },
          from: 'file',
          label: 'edited',
          why: 'keys have other values than the plan gives them',
        },
      ],
    };
  },
  touches: ({ path: file }) => mayChange(file),
});

/** What reads a text and edits it. The parser is loaded only by plans that have such a step. */
async function editing(edits: readonly YamlEdit[]): Promise<Reader<Edited>> {
  const parse = await mappingParser();
  const { applyEdit } = await import('./yaml-edit/edits.ts');
  const { printLike } = await import('./yaml-edit/layout.ts');
  const digest = createHash('sha256').update(JSON.stringify(edits)).digest('hex');
  return {
    name: `the edits ${digest.slice(0, 16)}`,
    codec: edited,
    read(source) {
      const parsed = parse(source);
      if (parsed.kind === 'invalid') return parsed;
      const { document } = parsed;
      // All of them, and in order: a later one may find what an earlier one has made.
      const changed = edits.filter((one) => applyEdit(document, one));
      if (changed.length === 0) return { kind: 'same' };
      const printed = printLike(document, source);
      if (printed === source) return { kind: 'same' };
      return { kind: 'edited', content: Content.ofText(printed) };
    },
  };
}
