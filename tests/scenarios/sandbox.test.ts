/** `npm start`, which the README has people type first. */
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { blocksOf, commandsOf } from '../../scripts/docs/pages.ts';
import { isRoot, NEEDS_ROOT, temporaryDirectory } from '../support/real-root.ts';

const SANDBOX = join(import.meta.dirname, '../../scripts/sandbox/main.ts');

it('the sandbox plans a used volume, and says where to look next', async () => {
  const { exitCode, stdout } = await sandbox();
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^stage2: \d+ of \d+ steps would act/m);
  expect(stdout).toMatch(/^Where to look next$/m);
});

const title = isRoot ? '' : ` [${NEEDS_ROOT}]`;

it.runIf(isRoot)(
  `the sandbox boots it; the command that the README shows is one of its own, and says the same${title}`,
  async () => {
    const { stdout } = await sandbox();
    expect(stdout).toMatch(/^stage2: nothing to do \(/m);
    const shown = blocksOf('README.md').flatMap((block) =>
      block.language === 'console' ? commandsOf(block) : [],
    );
    for (const { command, output } of shown) {
      expect(stdout).toContain(`\n$ ${command}\n\n${output.split('\n', 1).join('')}\n`);
    }
    expect(shown).toHaveLength(1);
  },
);

/** Runs it below a directory that goes away with the test. */
function sandbox() {
  const env = { TMPDIR: temporaryDirectory(), NO_COLOR: '1' };
  return execa(process.execPath, ['--import', 'tsx', SANDBOX], { env });
}
