import { explain } from './explain.ts';
import type { Group } from './group.ts';
import { ownership } from './ownership.ts';
import { parallel } from './parallel.ts';
import { remap } from './remap.ts';
import { scale } from './scale.ts';
import { startup } from './startup.ts';

/** All groups, in the order of the page. */
export const GROUPS: readonly Group[] = [startup, ownership, remap, parallel, explain, scale];
