/** The mistakes of plans as the services of others read them: GitHub's annotations, and SARIF logs. */
import type { Location, Log, Result } from 'sarif';
import type { Span } from '../plan/plan.ts';
import { counted } from '../text/phrases.ts';
import type { Mistake, ValidationDocument } from './validation.ts';

/**
 * Commands of a GitHub workflow, each an annotation on the line of a mistake; and a count, for who
 * reads the log.
 */
export function githubCommands({ mistakes, unused }: ValidationDocument): string {
  const found = mistakes.map((mistake) => {
    const { severity, at, step } = mistake;
    const title = step === null ? 'hermes-boot' : `step ${step}`;
    const properties = Object.entries({
      file: at.file,
      line: at.line,
      endLine: at.line,
      col: at.column,
      endColumn: at.column + at.length,
      title,
    }).map(([name, value]) => `${name}=${property(String(value))}`);
    return `::${severity} ${properties.join(',')}::${data(sentence(mistake))}`;
  });
  const idle = unused.map(
    (file) => `::warning file=${property(file)}::${data(`${file} changes no plan of this image`)}`,
  );
  const end = `${counted(mistakes.length + unused.length, 'annotation')}.`;
  return `${[...found, ...idle, end].join('\n')}\n`;
}

/** Escapes the text of a workflow command. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** Escapes a property of a workflow command. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function sentence({ message, hint }: Mistake): string {
  return hint === null ? message : `${message}; ${hint}`;
}

const RULES = {
  error: { id: 'plan/mistake', text: 'A plan has a mistake: nothing of it is run.' },
  warning: { id: 'plan/warning', text: 'A plan can be run, and should be looked at.' },
} as const;

/**
 * The mistakes as a log in the Static Analysis Results Interchange Format, version 2.1.0.
 * @param release of hermes-boot
 */
export function sarifOf({ mistakes, unused }: ValidationDocument, release: string): Log {
  const results = mistakes.map((mistake): Result => ({
    ruleId: RULES[mistake.severity].id,
    level: mistake.severity,
    message: { text: sentence(mistake) },
    locations: [location(mistake.at)],
    ...(mistake.related.length === 0
      ? {}
      : {
          relatedLocations: mistake.related.map(({ at, message }) => ({
            ...location(at),
            message: { text: message },
          })),
        }),
  }));
  const idle = unused.map((file): Result => ({
    ruleId: RULES.warning.id,
    level: 'warning',
    message: { text: `${file} changes no plan of this image` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) } } }],
  }));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'hermes-boot',
            version: release,
            rules: Object.values(RULES).map(({ id, text }) => ({ id, shortDescription: { text } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: [...results, ...idle],
      },
    ],
  };
}

function location({ file, line, column, length }: Span): Location {
  const region = { startLine: line, startColumn: column, endColumn: column + length };
  return { physicalLocation: { artifactLocation: { uri: uriOf(file) }, region } };
}

/** A relative path stays relative: the service knows where the repository lies. */
function uriOf(file: string): string {
  const path = file.split('/').map(encodeURIComponent).join('/');
  return file.startsWith('/') ? `file://${path}` : path;
}
