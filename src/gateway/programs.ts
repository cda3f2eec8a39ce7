import { isPresent } from '../step/program.ts';
import type { ReadSystem } from '../system/system.ts';

/** Where s6-overlay has its programs, and where Debian has its own s6. */
const DIRECTORIES = ['/command', '/usr/bin', '/bin'];

/**
 * The absolute path of a program of s6: docker exec has no /command on its PATH. The plain name
 * where there is none, for PATH to find.
 */
export function s6Program(system: ReadSystem, name: string): string {
  const path = DIRECTORIES.map((directory) => `${directory}/${name}`).find((candidate) =>
    isPresent(system, candidate),
  );
  return path ?? name;
}

/** The first line of scripts that need the container's environment. */
export function environmentShebang(system: ReadSystem): string {
  // Without s6-overlay there is no environment directory: the supervisor's own is passed on.
  return isPresent(system, '/command/with-contenv') ? '#!/command/with-contenv sh' : '#!/bin/sh';
}
