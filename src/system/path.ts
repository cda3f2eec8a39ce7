/**
 * Takes paths of the world apart and joins them. They are absolute, below `--root DIR` from DIR on, and
 * normalised: no `.`, no `..`, no trailing or double slash. A boot does this thousands of times, so only
 * odd ones go to node:path, which is slower.
 */
import { posix } from 'node:path';

/** Joins a path of the world and the name of something below it. */
export function join(directory: string, name: string): string {
  if (!directory.startsWith('/') || ODD.test(name)) return posix.join(directory, name);
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

/** What takes more than a slash between: nothing, a slash at an end or doubled, `.` and `..`. */
const ODD = /^$|^\/|\/$|\/\/|(?:^|\/)\.\.?(?:\/|$)/;

/** The directory that holds `path`; the root is its own parent. */
export function parentOf(path: string): string {
  const end = path.lastIndexOf('/');
  const isOdd = end <= 0 || end === path.length - 1 || path[end - 1] === '/';
  return isOdd ? posix.dirname(path) : path.slice(0, end);
}

/** The last component of `path`; empty for the root. */
export function nameOf(path: string): string {
  return path.endsWith('/') ? posix.basename(path) : path.slice(path.lastIndexOf('/') + 1);
}

/** Removes `.`, double and trailing slashes; a relative path is taken from the root. */
export function normalise(path: string): string {
  if (path.startsWith('/') && !ODD.test(path.slice(1))) return path;
  const normal = posix.normalize(`/${path}`);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

/** Whether `path` is `directory` itself or lies below it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** The components of a path, outermost first; empty for the root. */
export function componentsOf(path: string): string[] {
  return path.split('/').filter((component) => component !== '');
}
