import { describe, expect, it } from 'vitest';
import { installMethod } from '../../src/cli/install-method.ts';
import type { MemoryNode } from '../../src/system/memory-node.ts';
import { directory, file, link, world } from '../support/world.ts';
import { directoryWith, hermesBoot } from './cli.ts';

const places = { install: '/opt/hermes', home: '/opt/data' };
const methodIn = (entries: Record<string, MemoryNode>): string =>
  installMethod(world(entries), places).method;

const BESIDE = '/opt/hermes/.install_method';
const SHARED = '/opt/data/.install_method';
const CONTAINER = { '/run/.containerenv': file('') };

describe('the way the agent was installed (B19)', () => {
  it('is what the stamp beside the code says, whatever the shared home says', () => {
    expect(methodIn({ [BESIDE]: file(' Docker\n'), [SHARED]: file('pip\n') })).toBe('docker');
  });

  it('is what the home says where there is no stamp beside the code', () => {
    expect(methodIn({ [SHARED]: file('brew\n') })).toBe('brew');
  });

  it('is not docker outside a container, even if a container wrote that into the home', () => {
    expect(methodIn({ [SHARED]: file('docker\n') })).toBe('pip');
    expect(methodIn({ [SHARED]: file('docker\n'), '/opt/hermes/.git': directory() })).toBe('git');
    expect(methodIn({ [SHARED]: file('docker\n'), ...CONTAINER })).toBe('docker');
  });

  it('is git for a checkout and pip otherwise when there is no stamp', () => {
    expect(methodIn({ '/opt/hermes/.git': directory() })).toBe('git');
    expect(methodIn({})).toBe('pip');
  });

  it('is not taken from a link, a directory or a text that is not a word', () => {
    expect(methodIn({ [BESIDE]: link('/etc/passwd') })).toBe('pip');
    expect(methodIn({ [BESIDE]: directory() })).toBe('pip');
    expect(methodIn({ [BESIDE]: file('rm -rf /; x') })).toBe('pip');
    expect(methodIn({ [BESIDE]: file('x'.repeat(5000)) })).toBe('pip');
  });

  it('is shown with its reason', async () => {
    const install = directoryWith({ '.install_method': 'docker\n' });
    const env = { HERMES_INSTALL: install };
    const told = await hermesBoot(['install-method', '--explain'], { env });
    expect(told.stdout).toBe('docker\n');
    expect(told.stderr).toContain(`${install}/.install_method says so`);
    const { stdout } = await hermesBoot(['install-method', '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({ method: 'docker' });
  });
});
