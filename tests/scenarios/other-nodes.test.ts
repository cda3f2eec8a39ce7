import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeCodeCaches } from '../../scripts/build/code-cache.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { cachesIn, copied, ends, WELL } from '../support/built.ts';
import { CLI } from '../support/cli.ts';
import { otherNode, PATIENCE } from '../support/other-node.ts';

/*
 * V8 takes a code cache of another build of Node for its own where both have the same version of
 * V8, and crashes: Node 20.20.2 and 20.19.2 both say 11.3.244.8.
 */

describe('a built program', () => {
  // One older and one newer than most that build it, and the next lines.
  it.for(['20.19.2', '20.20.1', '22.20.0', '24.11.0'])(
    'runs under Node %s, whichever has built it',
    { timeout: PATIENCE },
    (version, { skip }) => {
      const other = otherNode(version) ?? skip(`needs Node ${version} from the npm registry`);
      expect(execFileSync(other, [CLI, '--version'], { encoding: 'utf8' })).toBe(
        `${packageJson.version}\n`,
      );
      expect(ends(other, dirname(CLI))).toEqual(WELL);
    },
  );

  it(
    'runs under this Node with the caches of another one',
    { timeout: PATIENCE },
    async ({ skip }) => {
      const version = process.version === 'v20.19.2' ? '20.20.1' : '20.19.2';
      const other = otherNode(version) ?? skip(`needs Node ${version} from the npm registry`);
      const dist = copied();
      const caches = cachesIn(dist);
      for (const cache of caches) rmSync(join(dist, cache));
      await writeCodeCaches(join(dist, 'hermes-boot.cjs'), other);
      expect(cachesIn(dist)).toEqual(caches);
      expect(ends(process.execPath, dist)).toEqual(WELL);
    },
  );
});
