import { isAnswer } from '../../src/errors/look-failed.ts';
import { Content, sealed, type Reader } from '../../src/system/content.ts';
import type { ReadSystem } from '../../src/system/system.ts';
import { flag, nullable, number, object, text, variant, word } from '../../src/text/codec.ts';
import { replaceAt } from './json-text.ts';
import { fieldsOf, isTerminal, obtainedAt, parseObject, type Instant } from './session.ts';

/** In bytes; an auth.json is a few thousand. */
const LARGEST_AUTH = 1024 * 1024;

/** What an auth.json says of the session with one provider. No token is in it. */
type Store =
  /** `found` says why it cannot be read, as the end of a sentence. */
  | { readonly kind: 'unreadable'; readonly found: string }
  | { readonly kind: 'without' }
  | {
      readonly kind: 'with';
      /** Whether it is over for good. */
      readonly over: boolean;
      readonly obtained: Instant | null;
      /** The whole document with the new session in place of it. */
      readonly reseeded: Content;
    };

const instant = object<Instant>({ kind: word('number', 'text'), at: number });

const store = variant<Store>('kind', {
  unreadable: object({ kind: word('unreadable'), found: text }),
  without: object({ kind: word('without') }),
  with: object({
    kind: word('with'),
    over: flag,
    obtained: nullable(instant),
    reseeded: sealed,
  }),
});

/**
 * Looks at a store.
 * @param seed the text of the session that may take the place of the one in it
 */
export function readStore(system: ReadSystem, path: string, provider: string, seed: string): Store {
  try {
    const found = system.readAs(path, sessionWith(provider, seed), LARGEST_AUTH);
    return found.kind === 'unreadable' ? { ...found, found: `${path} ${found.found}` } : found;
  } catch (error) {
    if (isAnswer(error)) return { kind: 'unreadable', found: error.message };
    throw error;
  }
}

function sessionWith(provider: string, seed: string): Reader<Store> {
  return {
    name: `the session of ${provider}`,
    codec: store,
    read(content, exact) {
      if (!exact) return { kind: 'unreadable', found: 'is no UTF-8 text' };
      const document = parseObject(content);
      if (document === undefined) return { kind: 'unreadable', found: 'is no JSON object' };
      const providers = fieldsOf(document.get('providers') ?? {});
      if (providers === undefined) {
        return { kind: 'unreadable', found: 'has providers that are no JSON object' };
      }
      const session = fieldsOf(providers.get(provider));
      if (session === undefined) return { kind: 'without' };
      return {
        kind: 'with',
        over: isTerminal(session),
        obtained: obtainedAt(session),
        reseeded: Content.ofText(replaceAt(content, ['providers', provider], seed)),
      };
    },
  };
}
