import type { Change } from '../../src/changes/change.ts';
import { STATE_FILE } from '../../src/gateway/state.ts';
import type { StepContext } from '../../src/step/step.ts';
import { Content } from '../../src/system/content.ts';
import type { Owner } from '../../src/system/entry.ts';
import { join } from '../../src/system/path.ts';

/**
 * Written without the time, so that a dry run says what a run does; the agent adds its own with
 * the first state of the gateway.
 */
const STATE = {
  gateway_state: 'running',
  desired_state: 'running',
  migrated_from: 'legacy-container-cmd',
};

/**
 * The state that a container gets which was made before gateways were services: one that is still
 * started with `gateway run` and records none. Without it, the upgrade would leave it down (#34339).
 */
export function legacyChanges(
  { system, facts, with: options }: StepContext<{ readonly 'no-supervise'?: boolean }>,
  home: string,
  owner: Owner,
): Change[] {
  const [first, second, ...rest] = facts.mainProgram;
  if (first !== 'gateway' || second !== 'run' || rest.includes('--no-supervise')) return [];
  if (options['no-supervise'] === true) return [];
  const path = join(home, STATE_FILE);
  if (system.look(path).type !== 'missing') return [];
  return [
    {
      kind: 'file',
      path,
      content: Content.ofText(`${JSON.stringify(STATE)}\n`),
      mode: 0o644,
      owner,
      from: 'absent',
      label: 'running',
      why: 'the container was started for `gateway run`, which is a service now (#34339)',
    },
  ];
}
