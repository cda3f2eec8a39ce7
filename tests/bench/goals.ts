/** What a figure should be at most: a ratio of times, MiB for memory, growth for sizes. */
export const GOALS: Readonly<Record<string, number>> = {
  'image-node': 1.6,
  'image-hook': 0.25,
  'image-plans': 0.2,
  'image-fragment': 1.1,
  'startup-hook-warm': 0.7,
  'startup-hook-cold': 1.0,
  'startup-helpers-warm': 0.35,
  'startup-node-warm': 1.6,
  'ownership-right-warm': 0.8,
  'ownership-few': 0.5,
  'ownership-all': 1.0,
  'remap-all': 0.5,
  'remap-few': 0.1,
  parallel: 0.6,
  'memory-warm': 60,
  'memory-entries-1000000': 120,
  'memory-wrong-1000000': 120,
  // A little above 1: a directory of a large tree lies further from the others on disk.
  'scale-growth': 1.25,
  'explain-used': 1.5,
  'explain-warm': 1.5,
};

/**
 * The ratios that the short form usually measures, best time to best time, on its smaller trees:
 * there the start of Node counts for more. They follow the program, the goals do not. Lower them
 * when it gets faster: `npm run bench -- --short` tells them.
 */
export const USUAL: Readonly<Record<string, number>> = {
  'startup-hook-warm': 1.45,
  'startup-helpers-warm': 0.62,
  'startup-node-warm': 2.2,
  'startup-plans': 0.5,
  'startup-restart': 1.8,
  'ownership-right-warm': 3,
  'ownership-few': 2.1,
  'ownership-all': 5.4,
  'remap-all': 1.5,
  // Since what is on no list follows, too, both walk all of the home.
  'remap-few': 4.5,
  parallel: 0.75,
  'explain-used': 1.8,
  'explain-warm': 1.1,
};

/** How many times its usual ratio a comparison may reach before it counts as a regression. */
const GROSS = 2;

/** The ratio from which a comparison of the short form has regressed; undefined for none. */
export function limitOf(id: string): number | undefined {
  const usual = USUAL[id];
  return usual === undefined ? undefined : usual * GROSS;
}
