import { join } from '../../system/path.ts';

/** What tells how the boots of this container went; it belongs to whoever boots, which is root. */
export const STATUS_DIRECTORY = '/run/hermes-boot';

/** The status itself; see ContainerStatus. */
export const STATUS_FILE = join(STATUS_DIRECTORY, 'status.json');

/** The directory in a home that holds what we keep there. */
export function stateDirectory(home: string): string {
  return join(home, '.hermes-boot');
}

/** The receipts of the boots of a home, a line of JSON each. */
export function historyFile(home: string): string {
  return join(stateDirectory(home), 'history.jsonl');
}

/** In bytes. A status of the most plans with the longest texts is smaller. */
export const LARGEST_STATUS = 4 * 1024 * 1024;
