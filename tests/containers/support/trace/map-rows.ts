/** Turns what root did into the map: one row for each kind of path, the same after each run. */
import { ACTOR_NAMES, INIT } from './actors.ts';
import { reasonFor } from './reasons.ts';
import { DEEDS, type Act, type Deed } from './root-acts.ts';
import type { JudgedAct } from './traced-container.ts';

/** What one part of the container does to paths of one kind. */
export interface Row {
  readonly actor: string;
  readonly path: string;
  readonly deeds: readonly Deed[];
  /** The names of the reasons for which the account may write there; none where it cannot. */
  readonly reasons: readonly string[];
}

/** What of a path differs from run to run, or is one of many alike. The first that fits. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^\/proc\/\d+/, '/proc/PID'],
  [/^\/(?:usr\/)?lib\/.*/, '/usr/lib/…'],
  [/^\/usr\/share\/.*/, '/usr/share/…'],
  [/^\/usr\/local\/lib\/.*/, '/usr/local/lib/…'],
  [/^\/(?:usr\/)?(s?bin)\/.*/, '/usr/$1/…'],
  [/^\/usr\/local\/(s?bin)\/(?!hermes).*/, '/usr/local/$1/…'],
  [/^\/command\/.*/, '/command/…'],
  [
    /^\/etc\/(?:\.pwd\.lock|passwd|group|gshadow|shadow)[^/]*$/,
    '/etc/passwd, group and their locks',
  ],
  [/^\$\w+/, '$NAME'],
  [/^\/opt\/hermes\/(\.venv|gateway|node_modules|ui-tui)(\/.*|$)/, '/opt/hermes/$1/…'],
  [/^\/opt\/hermes-boot\/plans\/.*/, '/opt/hermes-boot/plans/…'],
  [/^\/opt\/hermes-boot\/dist\/.*/, '/opt/hermes-boot/dist/…'],
  [/^\/opt\/data\/.+/, '/opt/data/…'],
  [/^\/run\/hermes-boot\/.+/, '/run/hermes-boot/…'],
  [/^\/run\/s6\/container_environment\/.+/, '/run/s6/container_environment/…'],
  [/^\/run\/service\/[^/]*gateway-(?!registrar)[^/]+/, '/run/service/gateway-NAME'],
  [/^\/run\/s6-rc\/servicedirs\/[^/]+/, '/run/s6-rc/servicedirs/SERVICE'],
  [/^\/run\/service\/(?!gateway-NAME|\.)[^/]+/, '/run/service/SERVICE'],
  [/^\/etc\/cont-init\.d\/.+/, '/etc/cont-init.d/…'],
  [/^\/etc\/cont-finish\.d\/.+/, '/etc/cont-finish.d/…'],
  [/^\/etc\/s6-overlay\/.+/, '/etc/s6-overlay/…'],
];

/** /init makes and removes whole trees; where they are is enough. */
const KINDS_OF_INIT: readonly (readonly [RegExp, string])[] = [
  [/^(\/run\/(?:service|s6|s6-rc|s6-linux-init-container-results))(?:\/.*)?$/, '$1 and all below'],
];

/** Files that s6 and the engine write beside their final names. */
const TEMPORARY: readonly (readonly [RegExp, string])[] = [
  [/(^|\/)\.([^/]+)\.hermes-boot$/, '$1$2'],
  [/\/(supervise\/[^/]+)\.new$/, '/$1'],
  [/\/event\/\.?ftrig1:.*/, '/event/ftrig1…'],
];

/** The path of the row for an act. */
function kindOf({ actor, deed, path }: Pick<Act, 'actor' | 'deed' | 'path'>): string {
  if (deed === 'looks programs up in') return '$PATH';
  const kinds = actor === INIT && deed !== 'runs' ? [...KINDS_OF_INIT, ...KINDS] : KINDS;
  const named = TEMPORARY.reduce((text, [pattern, by]) => text.replace(pattern, by), path);
  const kind = kinds.find(([pattern]) => pattern.test(named));
  return kind === undefined ? named : named.replace(kind[0], kind[1]);
}

/**
 * The acts that belong in the map: all but the reading of what is root's and runs nothing, and what
 * takes a process that happens to run at that moment.
 */
function isOnMap(act: JudgedAct): boolean {
  const { deed, why } = act;
  return (
    (why !== undefined && reasonFor(act)?.byChance !== true) ||
    (deed !== 'reads' && deed !== 'lists' && deed !== 'looks programs up in')
  );
}

/** The rows of the map, in the order in which a container starts its parts. */
export function rowsOf(acts: readonly JudgedAct[]): Row[] {
  const rows = new Map<string, { act: Act; deeds: Set<Deed>; reasons: Set<string> }>();
  for (const act of acts.filter(isOnMap)) {
    const key = rankOf(act);
    const row = rows.get(key) ?? { act, deeds: new Set(), reasons: new Set() };
    row.deeds.add(act.deed);
    if (act.why !== undefined) row.reasons.add(reasonFor(act)?.name ?? `OPEN: hermes ${act.why}`);
    rows.set(key, row);
  }
  return [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { act, deeds, reasons }]) => ({
      actor: act.actor,
      path: kindOf(act),
      deeds: DEEDS.filter((deed) => deeds.has(deed)),
      reasons: [...reasons].sort(),
    }));
}

function rankOf(act: Act): string {
  return `${String(ACTOR_NAMES.indexOf(act.actor) + 1).padStart(2, '0')} ${kindOf(act)}`;
}

/** What has no reason, once for each row, with the first call that shows it. */
export function openActs(acts: readonly JudgedAct[]): string[] {
  const shown = new Map<string, string>();
  for (const act of acts) {
    if (act.why === undefined || reasonFor(act) !== undefined) continue;
    const key = `${act.deed} ${rankOf(act)}`;
    const what = `${act.actor} ${act.deed} ${act.path}, and hermes ${act.why}`;
    if (!shown.has(key)) shown.set(key, `${what}:\n  ${act.line.slice(0, 300)}`);
  }
  return [...shown.values()];
}
