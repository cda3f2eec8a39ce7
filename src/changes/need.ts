/** What a change takes of permissions and space, as data. */
import type { Identity } from '../system/accounts.ts';
import type { Owner } from '../system/entry.ts';

/** One permission that a change takes, which engine/permissions judges, or the space for content. */
export type Need =
  /** To make, replace or remove the entry in its directory. */
  | { readonly need: 'replace'; readonly path: string }
  /** To write to the entry itself. */
  | { readonly need: 'write'; readonly path: string }
  /** To remove what is in it, if it is a directory. */
  | { readonly need: 'empty'; readonly path: string }
  /** To give something new to its owner; to the owner of what it replaces where none is said. */
  | { readonly need: 'give'; readonly path: string; readonly owner?: Owner }
  /** To write to the entry, or to make it. */
  | { readonly need: 'append'; readonly path: string; readonly owner: Owner }
  /** To start programs from it. */
  | { readonly need: 'execute'; readonly path: string }
  | { readonly need: 'set-mode'; readonly path: string }
  | {
      readonly need: 'set-owner';
      readonly path: string;
      readonly from: Owner;
      readonly to: Owner;
      readonly isTree: boolean;
    }
  /** To clear the set-uid bits of what belongs to these with their owner. */
  | { readonly need: 'clear-bits'; readonly path: string; readonly from: readonly Owner[] }
  | { readonly need: 'space'; readonly bytes: number }
  | { readonly need: 'run-as'; readonly identity: Identity; readonly program: string };
