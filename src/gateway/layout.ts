import { Content } from '../system/content.ts';
import type { Owner } from '../system/entry.ts';
import type { Part, NewDirectory } from '../system/new-directory.ts';
import { finishScript, logScript, runScript, type ScriptOptions } from './scripts.ts';

/** What a slot is made of. */
export interface SlotOptions extends ScriptOptions {
  readonly owner: Owner;
  /** Whether s6 is to start it as soon as it sees it. */
  readonly starts: boolean;
}

/**
 * The service directory of a gateway: its scripts, and what s6-supervise would otherwise make for
 * root alone. It uses what is there and leaves its rights alone, so that the account can control
 * its own gateways; see trymkdir in s6-supervise.c.
 */
export function slotLayout(options: SlotOptions): NewDirectory {
  const { owner, starts } = options;
  return {
    owner,
    mode: 0o755,
    parts: [
      file('type', 'longrun\n', 0o644),
      file('run', runScript(options), 0o755),
      file('finish', finishScript(), 0o755),
      ...(starts ? [] : [file('down', '', 0o644)]),
      ...skeleton(''),
      { type: 'directory', name: 'log', mode: 0o755 },
      file('log/run', logScript(options), 0o755),
      ...skeleton('log/'),
    ],
  };
}

function file(name: string, text: string, mode: number): Part {
  return { type: 'file', name, mode, content: Content.ofText(text) };
}

function skeleton(below: '' | 'log/'): Part[] {
  return [
    { type: 'directory', name: `${below}event`, mode: 0o3730 },
    { type: 'directory', name: `${below}supervise`, mode: 0o755 },
    { type: 'directory', name: `${below}supervise/event`, mode: 0o3730 },
    { type: 'fifo', name: `${below}supervise/control`, mode: 0o660 },
  ];
}
