/** The agent's own manager of gateways: Python, as the account, with the programs of s6. */
import { expect, it } from 'vitest';
import { describeInContainers } from './support/container.ts';
import { withCoder } from './support/gateways.ts';

/** Starts, stops, restarts and asks as the agent does, and prints what it sees. */
const MANAGER = `
import subprocess, time
SLOT = "/run/service/gateway-coder"

def run(*words):
    return subprocess.run(words, capture_output=True, text=True, timeout=10)

def status():
    return run("/command/s6-svstat", "-o", "up,pid", SLOT)

def wait(wanted, pid=None):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        found = status().stdout.split()
        if found[:1] == [wanted] and found[1] != pid:
            return found[1]
        time.sleep(0.02)
    raise SystemExit(f"not {wanted}: {found}")

def control(option):
    done = run("/command/s6-svc", option, SLOT)
    print(option, done.returncode, done.stderr.strip())

first = wait("true")
control("-t")
print("ended by itself, with 0:", wait("false"))
control("-u")
second = wait("true", first)
control("-d")
print("taken down:", wait("false"))
control("-u")
wait("true", second)
`;

/** Makes a slot by itself, as the agent's manager does where the scan directory is open. */
const MAKER = `
import os
try:
    os.mkdir("/run/service/gateway-own")
    print("made")
except PermissionError as error:
    print("PermissionError", error.filename)
`;

describeInContainers("the agent's own manager, as hermes", () => {
  it('starts, stops and restarts a gateway by s6-svc, and asks s6-svstat about it', async () => {
    const container = await withCoder();
    const words = ['/usr/bin/python3', '-I', '-c', MANAGER];
    const { code, stdout, stderr } = await container.execAs('hermes', ...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').map((line) => line.trim())).toEqual([
      '-t 0',
      'ended by itself, with 0: -1',
      '-u 0',
      '-d 0',
      'taken down: -1',
      '-u 0',
    ]);
  });

  it('is refused a slot of its own making by PermissionError', async () => {
    const container = await withCoder();
    const { stdout } = await container.execAs('hermes', '/usr/bin/python3', '-I', '-c', MAKER);
    expect(stdout).toBe('PermissionError /run/service/gateway-own');
  });
});
