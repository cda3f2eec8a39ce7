import { execFileSync } from 'node:child_process';
import { openSync, readSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ARCHITECTURES, bootNode } from './support/boot-node.ts';
import { booted, describeInContainers, run } from './support/container.ts';

const NODE = '/opt/hermes-boot/bin/node';

/** The machines of ELF, by what Docker calls them; see elf(5). */
const MACHINES: Readonly<Record<string, number>> = { amd64: 62, arm64: 183 };

describeInContainers('the Node of the boot', () => {
  it.for(ARCHITECTURES)('comes from the registry as it is pinned, for %s', async (arch) => {
    const head = Buffer.alloc(20);
    readSync(openSync(await bootNode(arch), 'r'), head);
    expect(head.toString('latin1', 1, 4)).toBe('ELF');
    expect(head.readUInt16LE(18)).toBe(MACHINES[arch]);
  });

  it('is an official build that starts from a snapshot, and has made the code cache', async () => {
    const ask = 'console.log(process.config.variables.node_use_node_snapshot, process.version)';
    const options = ['--entrypoint', NODE];
    const { stdout } = await run({ options, words: ['-e', ask] });
    const version = execFileSync(await bootNode(), ['--version'], { encoding: 'utf8' }).trim();
    expect(stdout).toBe(`true ${version}`);
    const words = ['/opt/hermes-boot/dist/code-cache.cjs', '--check'];
    expect(await run({ options, words })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('boots, whatever the node is that the image has for the agent', async () => {
    const container = await booted(['-v', '/dev/null:/usr/bin/node:ro']);
    expect((await container.exec('/usr/bin/node', '--version')).code).not.toBe(0);
    expect(await container.exec('hermes-boot', 'status', '--strict')).toMatchObject({ code: 0 });
    expect((await container.logs()).stderr).not.toContain('code cache');
  });
});
