import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { isRoot, temporaryDirectory } from './real-root.ts';

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/hermes-boot');
const ARCHIVE = join(CACHE, 'debian-13.tar');

/** What is missing on this machine to make a Debian root; undefined when nothing is. */
export function lackingForDebian(): string | undefined {
  if (!isRoot) return 'needs root';
  if (existsSync(ARCHIVE)) return undefined;
  const found = spawnSync('mmdebstrap', ['--version']).status === 0;
  return found ? undefined : 'needs mmdebstrap';
}

/** A Debian 13 tree in a directory that goes away with the test. Made once and kept as an archive. */
export function debianRoot(): string {
  if (!existsSync(ARCHIVE)) makeArchive();
  const root = temporaryDirectory();
  execFileSync('tar', ['-xf', ARCHIVE, '-C', root, '--exclude=./dev/*']);
  return root;
}

function makeArchive(): void {
  mkdirSync(CACHE, { recursive: true });
  const unfinished = `${ARCHIVE}.part.tar`;
  const packages = '--include=passwd,python3-minimal';
  execFileSync('mmdebstrap', ['--variant=minbase', packages, 'trixie', unfinished, ...mirror()], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  renameSync(unfinished, ARCHIVE);
}

/** The mirror that this machine's apt uses for Debian; none on another distribution. */
function mirror(): string[] {
  const filters = ['Identifier: Packages', 'Origin: Debian', 'Label: Debian', 'Component: main'];
  const { stdout } = spawnSync('apt-get', ['indextargets', '--format', '$(REPO_URI)', ...filters], {
    encoding: 'utf8',
  });
  return stdout.split('\n').slice(0, 1).filter(Boolean);
}
