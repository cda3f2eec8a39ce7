import { execFileSync } from 'node:child_process';
import { debianArchive, lackingForDebian } from './debian.ts';
import { temporaryDirectory } from './real-root.ts';

const PACKAGES = ['passwd', 'python3-minimal'];

/** What is missing on this machine to make a Debian root; undefined when nothing is. */
export function lackingForDebianRoot(): string | undefined {
  return lackingForDebian(PACKAGES);
}

/** A Debian 13 tree in a directory that goes away with the test. */
export function debianRoot(): string {
  const root = temporaryDirectory();
  execFileSync('tar', ['-xf', debianArchive(PACKAGES), '-C', root, '--exclude=./dev/*']);
  return root;
}
