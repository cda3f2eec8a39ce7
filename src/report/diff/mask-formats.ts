/**
 * Masks the values in texts of known formats: .env, YAML and JSON, account databases, and texts without
 * a format. What the image or the plan says is shown; anything else may be a secret.
 */
import { CST, Lexer } from 'yaml';
import { isOurs, ownLine, parseEnvFile, type Piece } from '../../../steps/env-file/dotenv.ts';
import type { SecretMarks } from './secret-marks.ts';

/** What is no secret, since the image or the plan has it. */
export interface Public {
  /** Whole lines, without the space around them. */
  readonly lines: ReadonlySet<string>;
  /** Whole values. */
  readonly values: ReadonlySet<string>;
}

/** Masks a text of one format. */
export type Mask = (text: string, known: Public, marks: SecretMarks) => string;

/** Names of keys whose values are secrets, whatever they look like. */
const SECRET_NAME =
  /secret|token|passw|passphrase|pwd|credential|authorization|cookie|bearer|(?:api|access|private|client|signing|encryption|auth|session)[-_.]?key/i;

/** Names of keys whose values are secrets although they are short numbers; `max_tokens` is none. */
const SECRET_NUMBER = /passw|pwd|secret|(?:^|[_.-])pin\b/i;

/** Whether every line of a part of a text is public. Lines without words are. */
function isPublic(part: string, { lines }: Public): boolean {
  return part.split('\n').every((line) => lines.has(line.trim()) || !/[\p{L}\p{N}]/u.test(line));
}

/** Masks the values and comments of a .env file. */
export const maskEnv: Mask = (text, known, marks) =>
  parseEnvFile(text)
    .map((piece) => (isPublic(piece.text, known) ? piece.text : maskPiece(piece, known, marks)))
    .join('');

function maskPiece(piece: Piece, { values }: Public, marks: SecretMarks): string {
  const ending = /\r?\n?$/.exec(piece.text)?.[0] ?? '';
  if (piece.kind === 'other') {
    const [, start = '', rest = ''] = /^(\s*#?\s*)([^]*?)\r?\n?$/.exec(piece.text) ?? [];
    return start + marks.of(rest) + ending;
  }
  const { name, start, value, quote, comment } = piece;
  const isOwn = isOurs(piece) && values.has(value) && !SECRET_NAME.test(name);
  if (isOwn && ownLine(name, value) === piece.text.trimEnd()) return piece.text;
  // A path may stand anywhere, and is no secret there.
  if (!/^\/[\w./-]*$/.test(value) && !values.has(value)) marks.learn(value);
  const shown = isOurs(piece) ? comment : marks.of(comment ?? '');
  const behind = comment === undefined ? '' : ` # ${shown ?? ''}`;
  return `${start}${quote}${marks.of(value)}${quote}${behind}${ending}`;
}

/** Scalars that tell nothing: words of YAML, and numbers that are too short for a secret. */
const PLAIN_SCALAR = /^(?:true|false|null|yes|no|on|off|~|-?\d{1,5}(?:\.\d{1,3})?)?$/i;

/** A piece of YAML, as the lexer of the library takes it apart. */
interface Lexeme {
  readonly source: string;
  readonly type: CST.Token['type'] | 'key' | null;
}

/**
 * Masks the values and comments of YAML and JSON. It goes by lexemes, so that what cannot be parsed is
 * masked all the same.
 */
export const maskYaml: Mask = (text, known, marks) => {
  let at = 0;
  let key = '';
  return lexemesOf(text)
    .map(({ source, type }) => {
      const lines = linesAround(text, at, at + source.length);
      at += source.length;
      if (type === 'key') key = source;
      const isSecret = SECRET_NAME.test(key);
      switch (type) {
        case 'key':
          return maskText(source, known, marks);
        case 'comment':
          return isPublic(lines, known) ? source : `# ${marks.of(source.replace(/^#\s*/, ''))}`;
        case 'scalar':
        case 'single-quoted-scalar':
        case 'double-quoted-scalar': {
          const { open, value, close } = scalarOf(source);
          if (PLAIN_SCALAR.test(value) && !(/\d/.test(value) && SECRET_NUMBER.test(key)))
            return source;
          if (isPublic(lines, known) || (known.values.has(value) && !isSecret)) return source;
          if (isSecret) marks.learn(value);
          return open + marks.of(value) + close;
        }
        case null:
          return marks.of(source);
        default:
          return source;
      }
    })
    .join('');
};

/** Whether a file of this name is YAML or JSON, or a copy of one. */
export function isYaml(path: string): boolean {
  return /\.(?:ya?ml|json|jsonc|json5)(?:$|[.~-])[^/]*$/.test(path);
}

/** The values in YAML or JSON. */
export function scalarsIn(text: string): string[] {
  return lexemesOf(text)
    .filter(({ type }) => SCALARS.includes(type))
    .map(({ source }) => scalarOf(source).value)
    .filter((value) => value !== '');
}

/** A scalar without what stands around it. */
function scalarOf(source: string): { open: string; value: string; close: string } {
  const [, open = '', value = '', close = ''] = /^(["']?)([^]*?)(["']?\s*)$/.exec(source) ?? [];
  return { open, value, close };
}

/** The whole lines that a part of a text stands on. */
function linesAround(text: string, start: number, end: number): string {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const to = text.indexOf('\n', Math.max(start, end - 1));
  return text.slice(from, to === -1 ? text.length : to);
}

/** The lexemes of a text, which make it up; those that are keys of a mapping are known as such. */
function lexemesOf(text: string): Lexeme[] {
  const found: Lexeme[] = [];
  let isScalar = false;
  for (const source of new Lexer().lex(text)) {
    const type: Lexeme['type'] = isScalar ? 'scalar' : CST.tokenType(source);
    // What only says what comes next is not in the text.
    isScalar = !isScalar && type === 'scalar';
    const isSign = isScalar || type === 'doc-mode' || type === 'flow-error-end';
    if (isSign || source === '') continue;
    found.push({ source, type });
  }
  return found.map((lexeme, index) => (isKey(found, index) ? { ...lexeme, type: 'key' } : lexeme));
}

const SCALARS: readonly Lexeme['type'][] = [
  'scalar',
  'single-quoted-scalar',
  'double-quoted-scalar',
];

function isKey(lexemes: readonly Lexeme[], index: number): boolean {
  const { source = '', type = null } = lexemes[index] ?? {};
  if (!SCALARS.includes(type) || source.includes('\n')) return false;
  const next = lexemes.slice(index + 1, index + 3).find((one) => one.type !== 'space');
  return next?.type === 'map-value-ind';
}

/** Passwords that are none: they are kept elsewhere, or none is accepted. */
const NO_PASSWORD = /^(?:x|\*|!{1,2}|!\*)?$/;

/** Masks the passwords in an account database; all of a line of another form. */
export const maskRecords: Mask = (text, _, marks) =>
  text
    .split('\n')
    .map((line) => {
      const fields = line.split(':');
      const password = fields[1];
      if (fields.length < 4 || password === undefined) {
        return /^\s*(?:#.*)?$/.test(line) ? line : marks.of(line);
      }
      return NO_PASSWORD.test(password) ? line : fields.with(1, marks.of(password)).join(':');
    })
    .join('\n');

/** What looks like a secret in any text: the part that is one is the group `secret`. */
const SHAPES: readonly RegExp[] = [
  /(?<secret>-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$))/g,
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:(?<secret>[^\s/@]+)@/gi,
  /\b(?:bearer|basic)\s+(?<secret>[\w.~+/=-]{8,})/gi,
  new RegExp(`(?:${SECRET_NAME.source})[\\w.-]*["']?\\s*[:=]\\s*["']?(?<secret>[^\\s"',;]+)`, 'gi'),
  /[?&][^=&\s]*(?:key|token|secret|password)=(?<secret>[^&#\s]+)/gi,
  /(?<secret>\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?)/g,
  /(?<secret>\b(?:sk|pk|rk|gh[opsru]|github_pat|glpat|xox[abeoprs]|hf|npm|pypi|ya29|AKIA|ASIA|AIza)[-_.]?[\w.-]{12,})/g,
  /(?<secret>\b[0-9a-f]{32,}\b)/gi,
  /(?<secret>\b(?=[\w+=-]*\d)(?=[\w+=-]*[a-z])(?=[\w+=-]*[A-Z])[\w+=-]{32,})/g,
];

/** Masks what looks like a secret in a text of any kind, and digests. */
export const maskText: Mask = (text, known, marks) => {
  const covered = marks.cover(text);
  return SHAPES.reduce(
    (all, shape) =>
      all.replace(shape, (found: string, ...rest: unknown[]) => {
        const [start, , groups] = rest.slice(-3);
        const secret = secretOf(groups);
        const lines = linesAround(all, Number(start), Number(start) + found.length);
        if (secret === '' || isPublic(lines, known)) return found;
        return replaceLast(found, secret, marks.of(secret));
      }),
    covered,
  );
};

function secretOf(groups: unknown): string {
  const secret: unknown =
    typeof groups === 'object' && groups !== null ? Reflect.get(groups, 'secret') : undefined;
  return typeof secret === 'string' ? secret : '';
}

function replaceLast(text: string, part: string, by: string): string {
  const at = text.lastIndexOf(part);
  return text.slice(0, at) + by + text.slice(at + part.length);
}

/** Masks every line that is not public. */
export const maskLines: Mask = (text, known, marks) =>
  text
    .split('\n')
    .map((line) => (isPublic(line, known) ? line : marks.of(line)))
    .join('\n');
