/** What the launcher of the built program has seen; the build replaces this module. */

/** Tells the built program from every other one, its libraries included. The sources have no name. */
export const buildId: () => string | undefined = () => undefined;

/** Whether V8 has taken the code cache. The sources have none to miss. */
export const codeCacheFits: () => boolean = () => true;
