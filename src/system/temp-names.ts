/** The names under which something is made beside its own, before it is renamed into place. */

/** The name beside `name` under which its new content is made. */
export function tempName(name: string): string {
  return `.${name.slice(0, 200)}.hermes-boot`;
}

/** The name beside `name` that the old directory has until the new one stands in its place. */
export function backupName(name: string): string {
  return `${tempName(name)}.bak`;
}

/** What a name beside another one is for; undefined when it is none of ours. */
export function parseTempName(
  name: string,
): { readonly name: string; readonly role: 'staged' | 'replaced' } | undefined {
  const [, of, bak] = /^\.(.+)\.hermes-boot(\.bak)?$/s.exec(name) ?? [];
  if (of === undefined) return undefined;
  return { name: of, role: bak === undefined ? 'staged' : 'replaced' };
}

/**
 * The name beside `name` under which a directory is built. s6-svscan passes over names that start
 * with a dot; one without was taken for a service, half-made as it was (#60774).
 */
export function hiddenName(name: string): string {
  return `.${name.slice(0, 250)}.tmp`;
}
