import type { CST } from 'yaml';

/*
 * Looking at YAML before it is composed into values.
 */

/**
 * Whether values nest deeper than `limit`. Asked before they are composed, which would take a
 * stack frame per level.
 */
export function isDeeper(tokens: readonly CST.Token[], limit: number): boolean {
  let level: CST.Token[] = [...tokens];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap(childrenOf);
  }
  return false;
}

function childrenOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value ? [token.value] : [];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [
    ...(key ? [key] : []),
    ...(value ? [value] : []),
  ]);
}

/** A bracket or quote that nothing closes. */
interface Unclosed {
  readonly offset: number;
  readonly opener: string;
}

/** The brackets and quotes that nothing closes, in the order of the file. */
export function unclosedTokens(tokens: readonly CST.Token[]): Unclosed[] {
  return tokens.flatMap((token) => [...openerOf(token), ...unclosedTokens(childrenOf(token))]);
}

function openerOf(token: CST.Token): Unclosed[] {
  switch (token.type) {
    case 'flow-collection':
      return token.end.some(({ type }) => type === 'flow-map-end' || type === 'flow-seq-end')
        ? []
        : [{ offset: token.offset, opener: token.start.source }];
    case 'double-quoted-scalar':
    case 'single-quoted-scalar': {
      const quote = token.source.charAt(0);
      const closed = token.source.length > 1 && token.source.endsWith(quote);
      return closed ? [] : [{ offset: token.offset, opener: quote }];
    }
    default:
      return [];
  }
}
