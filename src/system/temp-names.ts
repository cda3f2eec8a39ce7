/** The name beside `name` under which its new content is made. */
export function stagedName(name: string): string {
  return `.${name.slice(0, 200)}.hermes-boot`;
}

/** The name beside `name` that the old directory has until the new one stands in its place. */
export function replacedName(name: string): string {
  return `${stagedName(name)}.bak`;
}

/** What a name beside another one is for; undefined when it is none of ours. */
export function besides(
  name: string,
): { readonly name: string; readonly role: 'staged' | 'replaced' } | undefined {
  const [, of, bak] = /^\.(.+)\.hermes-boot(\.bak)?$/s.exec(name) ?? [];
  if (of === undefined) return undefined;
  return { name: of, role: bak === undefined ? 'staged' : 'replaced' };
}
