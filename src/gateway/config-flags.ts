/** Reads what a profile's config.yaml says about gateways: who serves it. Loads a YAML parser only where the words occur. */
import { isAnswer } from '../errors/look-failed.ts';
import { lookBelow } from '../step/paths.ts';
import type { Reader } from '../system/content.ts';
import { join } from '../system/path.ts';
import type { ReadSystem } from '../system/system.ts';
import { flag, nullable, object, text } from '../text/codec.ts';

const CONFIG = 'config.yaml';

/** What the `gateway` section of a config.yaml says. */
export interface GatewayFlags {
  /** Whether the default gateway serves all profiles. */
  readonly multiplex: boolean;
  /** Whether this profile keeps a gateway of its own where one serves all. */
  readonly standalone: boolean;
  /** Why nothing could be read, as a phrase for a person; null where it could. */
  readonly invalid: string | null;
}

const NONE: GatewayFlags = { multiplex: false, standalone: false, invalid: null };

/** A line with one of the words, unless the line is a comment. The parser takes 30 ms to load. */
const WORDS = /^(?![ \t]*#).*(?:multiplex_profiles|standalone)/m;

const mentioned: Reader<boolean> = {
  name: 'whether gateway flags are mentioned',
  codec: flag,
  read: (content) => WORDS.test(content),
};

const flagsCodec = object<GatewayFlags>({
  multiplex: flag,
  standalone: flag,
  invalid: nullable(text),
});

/**
 * Reads the flags of a profile. A file that is missing, too large or not valid YAML sets none, as
 * the agent takes it.
 * @param base the home
 * @param below the profile's directory in it, empty for the home itself
 */
export async function readGatewayFlags(
  system: ReadSystem,
  base: string,
  below: string,
): Promise<GatewayFlags> {
  if (lookBelow(system, base, join(below, CONFIG)).type !== 'file') return NONE;
  const path = join(join(base, below), CONFIG);
  try {
    if (!system.readAs(path, mentioned)) return NONE;
    const { parseDocument } = await import('yaml');
    // YAML 1.1, which the agent uses: `yes` and `on` are true.
    const parse = (source: string): unknown => {
      const document = parseDocument(source, { prettyErrors: false, version: '1.1' });
      const [error] = document.errors;
      if (error !== undefined) throw error;
      return document.toJS();
    };
    const flags = system.readAs(path, parsed(parse));
    return flags.invalid === null ? flags : { ...flags, invalid: `${path} ${flags.invalid}` };
  } catch (error) {
    if (isAnswer(error)) return { ...NONE, invalid: error.message };
    throw error;
  }
}

function parsed(parse: (source: string) => unknown): Reader<GatewayFlags> {
  return {
    name: 'gateway flags by the parser',
    codec: flagsCodec,
    read(source) {
      let document: unknown;
      try {
        document = parse(source);
      } catch {
        // The message of the error may quote the text.
        return { ...NONE, invalid: 'is not valid YAML' };
      }
      const section = fieldOf(document, 'gateway');
      const isSet = (name: string): boolean => isTruthy(fieldOf(section, name));
      return {
        multiplex: isSet('multiplex_profiles'),
        standalone: isSet('standalone'),
        invalid: null,
      };
    },
  };
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(name);
}

/** Quoted words count, too, as the agent takes them. */
function isTruthy(value: unknown): boolean {
  if (typeof value === 'string') return /^\s*(?:1|true|yes|on)\s*$/i.test(value);
  return value === true || (typeof value === 'number' && value !== 0);
}
