/** The profile that lies in the home itself. */
export const DEFAULT_PROFILE = 'default';

/** What the names of all gateway slots start with. */
export const SLOT_PREFIX = 'gateway-';

/** The longest name of a service that s6-svscan takes. */
const LONGEST_SLOT = 251;

/** The longest name of a profile: its slot has a prefix. */
export const LONGEST_PROFILE = LONGEST_SLOT - SLOT_PREFIX.length;

/** What the name of a profile looks like. */
export const PROFILE_NAME = /^[a-z0-9][a-z0-9_-]*$/;

/** Why a name cannot be that of a profile, as the end of a sentence; undefined when it can. */
export function whyNoProfile(name: string): string | undefined {
  if (!PROFILE_NAME.test(name)) {
    return 'is no profile name: lower-case letters, digits, - and _, the first no sign';
  }
  if (name.length <= LONGEST_PROFILE) return undefined;
  return `is longer than ${LONGEST_PROFILE} characters, so that s6 would not take its slot`;
}

/** The name of the service directory of a profile's gateway. */
export function slotName(profile: string): string {
  return `${SLOT_PREFIX}${profile}`;
}

/** The profile of a service directory; undefined for anything but a gateway slot. */
export function profileOfSlot(name: string): string | undefined {
  if (!name.startsWith(SLOT_PREFIX)) return undefined;
  const profile = name.slice(SLOT_PREFIX.length);
  return whyNoProfile(profile) === undefined ? profile : undefined;
}

/** Whether a name is what an interrupted registration leaves, dotted as now or not as once. */
export function isLeftover(name: string): boolean {
  return /^\.?gateway-.*\.tmp$/.test(name);
}
