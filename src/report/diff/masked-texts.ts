/** Masks the text of a file by its name, once the secrets of all files of the difference are known. */
import { nameOf } from '../../system/path.ts';
import { envdirPath } from '../../system/container-env.ts';
import type { Redactor } from '../redact.ts';
import {
  isYaml,
  maskEnv,
  maskLines,
  maskRecords,
  maskText,
  maskYaml,
  type Mask,
  type Public,
} from './mask-formats.ts';
import { learnSecrets, publicOf, type Simulation } from './public-texts.ts';
import { SecretMarks } from './secret-marks.ts';

/** How a text is masked by the path that it is at, a copy of it included; undefined for any text. */
function formatOf(path: string): Mask | undefined {
  if (/^\/etc\/g?(?:passwd|group|shadow)-?$/.test(path)) return maskRecords;
  if (/(?:^|[/.])env(?:$|[.~-])[^/]*$/.test(path)) return maskEnv;
  return isYaml(path) ? maskYaml : undefined;
}

/** How a text is to be masked. */
interface About {
  readonly path: string;
  /** Whether others may not read the file: what is no format that is known may be a secret as a whole. */
  readonly isClosed: boolean;
  /** Set where it is a copy of what the image has, or made by us. */
  readonly isPublic: boolean;
}

/** The texts of one difference, without secrets. */
export class MaskedTexts {
  readonly #public: Public;
  readonly #marks = new SecretMarks();
  readonly #redactor: Redactor;

  constructor(simulations: readonly Simulation[], redactor: Redactor) {
    this.#public = publicOf(simulations);
    this.#redactor = redactor;
    learnSecrets(simulations, this.#marks);
  }

  /** Learns the secrets of a text, which may stand in other texts, too. */
  learn(path: string, text: string): void {
    formatOf(path)?.(text, this.#public, this.#marks);
  }

  /** A text with a mark in the place of each secret. */
  mask(text: string, { path, isClosed, isPublic }: About): string {
    const known = isPublic ? withLines(this.#public, text) : this.#public;
    const isVariable = path === envdirPath(nameOf(path));
    const mask = formatOf(path) ?? (isClosed || isVariable ? maskLines : maskText);
    return this.#redactor.text(this.#marks.cover(mask(text, known, this.#marks)));
  }
}

function withLines({ lines, values }: Public, text: string): Public {
  return { lines: new Set([...lines, ...text.split('\n').map((line) => line.trim())]), values };
}
