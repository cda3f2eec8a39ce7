import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { isRoot } from './real-root.ts';

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/hermes-boot');
const LEFT_OUT = ['doc', 'locale', 'man'].map(
  (name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`,
);

/** What is missing on this machine to have a Debian with these packages; undefined for nothing. */
export function lackingForDebian(packages: readonly string[]): string | undefined {
  if (!isRoot) return 'root';
  if (existsSync(archiveOf(packages))) return undefined;
  return spawnSync('mmdebstrap', ['--version']).status === 0 ? undefined : 'mmdebstrap';
}

/** The archive of a small Debian 13 with these packages, made once and kept. */
export function debianArchive(packages: readonly string[]): string {
  const archive = archiveOf(packages);
  if (existsSync(archive)) return archive;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = `${archive}.${process.pid}.tar`;
  const options = ['--quiet', '--variant=minbase', `--include=${packages.join(',')}`, ...LEFT_OUT];
  execFileSync('mmdebstrap', [...options, 'trixie', unfinished, ...mirror()], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  renameSync(unfinished, archive);
  return archive;
}

function archiveOf(packages: readonly string[]): string {
  const recipe = [...packages, ...LEFT_OUT].join(' ');
  const digest = createHash('sha256').update(recipe).digest('hex').slice(0, 12);
  return join(CACHE, `debian-13-${digest}.tar`);
}

/** The mirror that this machine's apt uses for Debian; none on another distribution. */
function mirror(): string[] {
  const filters = ['Identifier: Packages', 'Origin: Debian', 'Label: Debian', 'Component: main'];
  const { stdout } = spawnSync('apt-get', ['indextargets', '--format', '$(REPO_URI)', ...filters], {
    encoding: 'utf8',
  });
  return stdout.split('\n').slice(0, 1).filter(Boolean);
}
