import { readFileSync } from 'node:fs';
import type { Progress } from '../../scan.ts';
import { Borders } from './borders.ts';
import { ownShare } from './share.ts';
import { readPlaces } from './places.ts';
import { ownerRule, progressLine, shareReport } from './share-report.ts';

/*
 * The program of a process that gives its share of a large tree to an owner. It is started in the
 * top of the tree, reads where its directories are, writes how far it is, a line each time, and a
 * report when it is done.
 */

/** How often it looks whether somebody still waits for its report, in milliseconds. */
const WATCH = 100;

/** How often it says how far it is, in milliseconds. */
const TELL = 250;

const [parent = '', path = '', rule = ''] = process.argv.slice(2);
const stop = new AbortController();
const end = (): void => {
  stop.abort();
};
process.once('SIGTERM', end);
// Who was killed can end nobody.
const watch = setInterval(() => {
  if (process.ppid !== Number(parent)) end();
}, WATCH);
if (process.ppid !== Number(parent)) end();

let told = Date.now();
const progress = (done: Progress): void => {
  if (Date.now() - told < TELL) return;
  told = Date.now();
  process.stdout.write(`${JSON.stringify(progressLine.encode(done))}\n`);
};

const tree = {
  path,
  rule: ownerRule.decode(JSON.parse(rule), 'rule'),
  borders: new Borders(path, [], []),
  isServed: false,
};
void ownShare(tree, readPlaces(readFileSync(0)), { signal: stop.signal, progress })
  .then((report) => {
    process.stdout.write(JSON.stringify(shareReport.encode(report)));
  })
  .catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
    process.exitCode = 1;
  })
  .finally(() => {
    clearInterval(watch);
  });
