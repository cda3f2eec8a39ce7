/** What the launcher of the built program has seen; the build replaces this module. */

/** Whether V8 has taken the code cache. The sources have none to miss. */
export const codeCacheFits: () => boolean = () => true;
