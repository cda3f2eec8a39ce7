import type { Change } from '../../src/changes/change.ts';
import { s6Program } from '../../src/gateway/slot-layout.ts';
import { Problem } from '../../src/errors/problem.ts';
import type { ReadSystem } from '../../src/system/system.ts';

/**
 * The command by which s6 looks for new slots; none where no s6-svscan runs on the directory.
 * @throws Problem when one runs, but its program is not to be found
 */
export function rescanChanges(system: ReadSystem, scandir: string, scanned: boolean): Change[] {
  if (!scanned) return [];
  const program = s6Program(system, 's6-svscanctl');
  if (!program.startsWith('/')) {
    throw new Problem({ found: 's6-svscanctl is missing', wanted: 'it in /command or /usr/bin' });
  }
  const argv = [program, '-a', scandir] as const;
  const why = 's6 has to see the new slots';
  return [
    { kind: 'command', path: program, command: { argv, env: {}, cwd: '/' }, restore: [], why },
  ];
}
