import { describe, expect, test } from 'vitest';
import { githubCommands, sarifOf } from '../../src/report/ci-formats.ts';
import type { ValidationDocument } from '../../src/report/validation.ts';

const FOUND: ValidationDocument = {
  version: 1,
  type: 'validation',
  ok: false,
  plans: [],
  mistakes: [
    {
      severity: 'error',
      message: 'unknown step type "a,b": 100%\nsure',
      hint: 'did you mean file.mode?',
      step: 'env',
      at: { file: 'plans/a b.yaml', line: 5, column: 11, length: 8 },
      related: [
        { at: { file: '/etc/x.yaml', line: 1, column: 1, length: 1 }, message: 'b needs a' },
      ],
    },
    {
      severity: 'warning',
      message: 'the list below is replaced',
      hint: null,
      step: null,
      at: { file: 'x,y:z.yaml', line: 1, column: 1, length: 3 },
      related: [],
    },
  ],
  unused: ['/etc/hermes-boot/plan.d/50-x.yaml'],
};

describe('the mistakes of plans', () => {
  test('are commands of a GitHub workflow, each on one line, with what could end it escaped', () => {
    expect(githubCommands(FOUND)).toBe(
      `::error file=plans/a b.yaml,line=5,endLine=5,col=11,endColumn=19,title=step env::unknown step type "a,b": 100%25%0Asure; did you mean file.mode?
::warning file=x%2Cy%3Az.yaml,line=1,endLine=1,col=1,endColumn=4,title=hermes-boot::the list below is replaced
::warning file=/etc/hermes-boot/plan.d/50-x.yaml::/etc/hermes-boot/plan.d/50-x.yaml changes no plan of this image
3 annotations.
`,
    );
  });

  test('are a SARIF log, whose files a service finds in the repository', () => {
    expect(sarifOf(FOUND, '1.2.3')).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'hermes-boot', version: '1.2.3' } },
          columnKind: 'utf16CodeUnits',
          results: [
            {
              ruleId: 'plan/mistake',
              level: 'error',
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'plans/a%20b.yaml' },
                    region: { startLine: 5, startColumn: 11, endColumn: 19 },
                  },
                },
              ],
              relatedLocations: [
                {
                  physicalLocation: { artifactLocation: { uri: 'file:///etc/x.yaml' } },
                  message: { text: 'b needs a' },
                },
              ],
            },
            { ruleId: 'plan/warning', level: 'warning' },
            { ruleId: 'plan/warning', level: 'warning' },
          ],
        },
      ],
    });
  });

  test('name only rules that the log declares, and have a text and a place each', () => {
    const [run] = sarifOf(FOUND, '1.2.3').runs;
    const declared = run?.tool.driver.rules?.map(({ id }) => id) ?? [];
    for (const { ruleId = '', message, locations = [] } of run?.results ?? []) {
      expect(declared).toContain(ruleId);
      expect(message.text).toBeTruthy();
      expect(locations).toHaveLength(1);
    }
  });
});
