/** The parts of a container that root's processes are, by the program that they run. */

/** What starts a container. */
export const INIT = '/init of s6-overlay';

/** A program belongs to the first of these that fits; sed, flock and their like to who started it. */
const ACTORS: readonly (readonly [string, RegExp])[] = [
  [INIT, /^\/(?:init$|package\/|run\/service\/\.s6-svscan\/)/],
  ['s6-svscan', /\/s6-svscan$/],
  ['s6-supervise', /\/s6-supervise$/],
  ['s6-log', /\/s6-log$/],
  ['scripts in cont-init.d', /^\/etc\/cont-init\.d\//],
  ['scripts in cont-finish.d', /^\/etc\/cont-finish\.d\//],
  ['scripts of a gateway slot', /^\/run\/service\/gateway-[^/]+\/(?:log\/)?(?:run|finish)$/],
  ['the registrar', /\/registrar\/(?:run|finish)$/],
  ['scripts of the static services', /\/servicedirs\/[^/]+\/(?:run|finish)$/],
  ['docker exec', /^\/usr\/local\/bin\/hermes$/],
  ['main-wrapper.sh', /\/main-wrapper\.sh$/],
];

/** The names of all parts, in the order in which a container starts them. */
export const ACTOR_NAMES = [...ACTORS.map(([name]) => name), 'hermes-boot'];

/** Which part a process is that becomes a program. @param before which it was until then */
export function actorOf(path: string, words: readonly string[], before: string): string {
  // Its script is still part of who called it: that is what comes in with an environment.
  const isHermesBoot = words.slice(0, 2).some((word) => word.endsWith('/hermes-boot.cjs'));
  if (isHermesBoot) return before === 'the registrar' ? before : 'hermes-boot';
  return ACTORS.find(([, programs]) => programs.test(path))?.[0] ?? before;
}
