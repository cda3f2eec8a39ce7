import { explain } from './explain.ts';
import type { Described, Group } from './group.ts';
import { image } from './image.ts';
import { ownership } from './ownership.ts';
import { parallel } from './parallel.ts';
import { remap } from './remap.ts';
import { scale } from './scale.ts';
import { startup } from './startup.ts';

/** The groups that this process measures, in the order of the page. */
export const GROUPS: readonly Group[] = [startup, ownership, remap, parallel, explain, scale];

/** All groups, in the order of the page. */
export const PAGE: readonly Described[] = [image, ...GROUPS];
