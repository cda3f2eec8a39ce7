import { expect, it } from 'vitest';
import { describeInContainers } from './support/container.ts';
import { filesOfTarget } from './support/images.ts';

/** What another image takes with COPY --from, by directory. */
const TREES = [
  'etc/cont-finish.d/',
  'etc/cont-init.d/',
  'etc/s6-overlay/s6-rc.d/',
  'etc/s6-overlay/user-bundles.d/',
  'opt/hermes-boot/',
  'opt/hermes/docker/',
];

describeInContainers('the image of hermes-boot alone', () => {
  it('holds its Node, its program and plans, and the scripts that start it', async () => {
    const files = await filesOfTarget();
    expect(files).toEqual(
      expect.arrayContaining([
        'etc/cont-init.d/01-hermes-setup',
        'opt/hermes-boot/bin/health',
        'opt/hermes-boot/bin/node',
        'opt/hermes-boot/dist/hermes-boot.cjs',
        'opt/hermes-boot/dist/program.cjs.cache',
        'opt/hermes-boot/plans/stage2.yaml',
        'opt/hermes-boot/schemas/event.json',
        'usr/local/bin/hermes',
        'usr/local/bin/hermes-boot',
      ]),
    );
    const commands = ['usr/bin/tini', 'usr/local/bin/hermes', 'usr/local/bin/hermes-boot'];
    // The engine's own, in each container.
    const lent =
      /^(?:dev|proc|sys|run)\/|^etc\/(?:hosts|hostname|mtab|resolv\.conf)$|^\.dockerenv$/;
    const other = files.filter(
      (path) =>
        !commands.includes(path) &&
        !lent.test(path) &&
        !TREES.some((tree) => path.startsWith(tree)),
    );
    expect(other).toEqual([]);
  });
});
