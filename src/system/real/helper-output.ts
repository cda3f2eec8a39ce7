/** What of a helper's output is passed on: without secrets, and bounded while it succeeds. */

/** How many lines of a helper that succeeds are passed on. */
const MOST_LINES = 40;

/** How many of one that fails: all, in practice. */
const MOST_LINES_OF_FAILURE = 2000;

/** The longest line, in characters. */
const LONGEST_LINE = 500;

/** A value that is shorter is in half of all words. */
const SHORTEST_SECRET = 6;

const HIDDEN = '***';

/** Names of variables that hold secrets. */
const SECRET_NAME = /(?:KEY|TOKEN|SECRET|PASS(?:WORD|WD|PHRASE)?|CREDENTIALS?|AUTH|COOKIE)(?:_|$)/i;

/** `NAME=value` or `"name": "value"` with such a name. */
const ASSIGNMENT =
  /(\b[\w-]*(?:key|token|secret|password|passwd|passphrase|credentials?)["']?\s*[=:]\s*["']?)([^\s"',;]+)/gi;

/** What authenticates by itself: `Bearer x`, and the password of a URL. */
const BEARER = /(\bBearer\s+)[\w.~+/=-]+/gi;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s/@]+(?=@)/gi;

/** The lines of an output that have something in them, each without secrets and not too long. */
export function outputLines(output: string, env: Readonly<Record<string, string>>): string[] {
  const secrets = Object.entries(env)
    .filter(([name, value]) => SECRET_NAME.test(name) && value.length >= SHORTEST_SECRET)
    .map(([, value]) => value)
    .sort((a, b) => b.length - a.length);
  return output
    .split(/\r?\n|\r/)
    .filter((line) => line.trim() !== '')
    .map((line) => shortened(masked(line.trimEnd(), secrets)));
}

function masked(line: string, secrets: readonly string[]): string {
  const known = secrets.reduce((text, secret) => text.replaceAll(secret, HIDDEN), line);
  return known
    .replace(ASSIGNMENT, `$1${HIDDEN}`)
    .replace(BEARER, `$1${HIDDEN}`)
    .replace(URL_PASSWORD, `$1${HIDDEN}`);
}

function shortened(line: string): string {
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
}

/** As many lines as are passed on, and how many more there are. */
export function bounded(lines: readonly string[], failed: boolean): readonly string[] {
  const most = failed ? MOST_LINES_OF_FAILURE : MOST_LINES;
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most), `… and ${lines.length - most} more lines`];
}
