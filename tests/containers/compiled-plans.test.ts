import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { describeInContainers } from './support/container.ts';
import { engine, mustDo } from './support/engine.ts';

const FRAGMENT = 'version: 1\nextends: stage2\nsteps:\n  - { id: fly-socket, off: true }\n';
const LOADS = join(import.meta.dirname, '../support/loads.cjs');
const PROGRAM =
  '/opt/hermes-boot/bin/node --require /loads.cjs /opt/hermes-boot/dist/hermes-boot.cjs';

/** Builds an image on top of ours, with a fragment; gone with the test. */
async function derived(...lines: readonly string[]): Promise<string> {
  const context = mkdtempSync(join(tmpdir(), 'hermes-boot-derived-'));
  writeFileSync(join(context, '50-site.yaml'), FRAGMENT);
  const file = [
    `FROM ${inject('image')}`,
    'COPY --chmod=644 50-site.yaml /etc/hermes-boot/plan.d/',
    ...lines,
  ];
  writeFileSync(join(context, 'Dockerfile'), `${file.join('\n')}\n`);
  const image = await mustDo('build', '-q', '--network', 'none', context);
  onTestFinished(async () => {
    rmSync(context, { recursive: true });
    await engine('rmi', image);
  });
  return image;
}

/** What a script of sh prints in a container of an image. */
async function sh(image: string, script: string): Promise<string> {
  const options = [
    '--rm',
    '--network',
    'none',
    '--entrypoint',
    '/bin/sh',
    '-v',
    `${LOADS}:/loads.cjs:ro`,
  ];
  return mustDo('run', ...options, image, '-ec', script);
}

/** What Node loads to read the plan. */
const loads = (image: string): Promise<string> =>
  sh(image, `${PROGRAM} plan --origin 3>&1 >/dev/null`);

describeInContainers('a derived image with a fragment', () => {
  it('that it validates reads its plan with no more than ours does, and with the fragment', async () => {
    const image = await derived('RUN hermes-boot validate --strict');
    expect(await loads(image)).toBe(await loads(inject('image')));
    expect(await sh(image, 'hermes-boot plan --origin')).toContain(
      '- fly-socket        account.access      50-site.yaml:4 switches off',
    );
    const compiled = '/opt/hermes-boot/compiled';
    const looks = `stat -c '%U:%G %a' ${compiled} ${compiled}/*; /command/s6-setuidgid hermes touch ${compiled}/x 2>&1 || true`;
    const [directory, ...rest] = (await sh(image, looks)).split('\n');
    const refusal = rest.pop();
    expect(directory).toBe('root:root 755');
    // One for each plan that the image boots, since all of them were validated.
    expect(rest).toEqual(['root:root 644', 'root:root 644', 'root:root 644']);
    expect(refusal).toMatch(/Permission denied/);
  });

  it('that it does not validate parses it at each boot', async () => {
    const image = await derived();
    expect(await loads(image)).not.toBe(await loads(inject('image')));
  });
});
