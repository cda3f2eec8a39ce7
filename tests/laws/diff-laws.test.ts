import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootPlan, planText, STAGE2_WITH_EDITS, worldOf } from '../support/boot.ts';
import { diffOf } from '../support/diff.ts';
import { environments, worlds } from '../support/generate.ts';
import { rounds } from '../support/rounds.ts';
import { directory, file, world } from '../support/world.ts';

/** Secrets of every look: tokens, words, numbers, phrases, and such with odd characters. */
const secret = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_-]{20,40}$/),
  fc.stringMatching(/^[a-z]{8,16}$/),
  fc.stringMatching(/^[0-9]{8,20}$/),
  fc.stringMatching(/^[a-z]{4,8}( [a-z]{4,8}){3}$/),
  fc.stringMatching(/^sk-[a-z0-9]{4}-[A-Za-z0-9]{24}$/),
  fc.stringMatching(/^[A-Za-z0-9+/]{21}[A-Za-z0-9+/]==$/),
  fc.stringMatching(/^[a-z][!-~]{9,20}$/).filter((text) => !/["'\\#`$]/.test(text)),
);

/** Ways in which a .env file may have one. */
const ENV: readonly ((secret: string) => string)[] = [
  (one) => `OPENAI_API_KEY=${one}\n`,
  (one) => `export WORD = "${one}" # and ${one}\n`,
  (one) => `MULTI='first\n${one}\nlast'\nAFTER=1\n`,
  (one) => `# OLD_KEY=${one}\n# the word is ${one}\n`,
  (one) => `no assignment ${one}\r\nX=y\r\n`,
  (one) => `API_SERVER_KEY=\nURL=https://me:${one}@host/x?token=${one}\n`,
];

/** Ways in which a config.yaml may have one. */
const YAML: readonly ((secret: string) => string)[] = [
  (one) => `model:\n  name: x\n  api_key: ${JSON.stringify(one)}\n`,
  (one) => `model:\n  name: ${JSON.stringify(one)}\nwhatever: '${one}'\n`,
  (one) =>
    `mcp:\n  args: [--key, ${JSON.stringify(one)}]\n  env: { FOO: ${JSON.stringify(one)} }\n`,
  (one) => `# ${one}\nmodel: { name: y } # was ${one}\n`,
  (one) => `key: |\n  ${one}\n  more\nfolded: >-\n  ${one}\nmodel:\n  name: z\n`,
  (one) => `plain: a\n  ${one.replace(/[:#]/g, '')}\nmodel:\n  name: z\n`,
  (one) => `unclosed: "${one}\nmodel: [\n`,
  (one) => `"${one}\n`,
];

const session = (token: string, more: object = {}): string =>
  JSON.stringify(
    {
      providers: { nous: { access_token: token, refresh_token: token, ...more } },
      odd: [token, { any: token }],
    },
    null,
    2,
  );

const over = {
  access_token: '',
  refresh_token: '',
  last_auth_error: { relogin_required: true },
};

const pick = <T>(items: readonly T[]) => fc.constantFrom(...items);

const cases = fc.record({
  secrets: fc.uniqueArray(secret, { minLength: 8, maxLength: 8 }),
  env: pick(ENV),
  profile: pick(ENV),
  config: pick(YAML),
  version: pick(['', '_config_version: 11\n', '_config_version: 3\n']),
  keys: fc.boolean(),
  helper: fc.boolean(),
  mode: pick([0o600, 0o644, 0o666]),
});

/** A configuration that an image's helper would migrate, after a backup. */
const HELPER = {
  '/opt/hermes/.venv/bin/python': file('', { mode: 0o755 }),
  '/opt/hermes/scripts/docker_config_migrate.py': file('', { mode: 0o755 }),
  '/opt/hermes/hermes_cli/config.py': file('x = {"_config_version": 12}\n'),
};

describe('whatever the secrets of a home and of a container, and wherever they stand,', () => {
  it('diff prints none of them, nor a digest of one (law 7)', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ secrets, env, profile, config, version, ...more }) => {
        const [a = '', b = '', c = '', d = '', e = '', f = '', g = '', h = ''] = secrets;
        const password = h.replaceAll(':', '.');
        const system = world({
          '/opt/hermes/.env.example': file('# Keys.\nOPENAI_API_KEY=\n'),
          '/opt/hermes/docker/SOUL.md': file('soul\n'),
          ...(more.helper ? HELPER : {}),
          '/opt/data': directory({ owner: '0:0' }),
          '/opt/data/.env': file(env(a), { mode: more.mode }),
          '/opt/data/config.yaml': file(version + config(b), { mode: more.mode }),
          '/opt/data/auth.json': file(session(c, over), { mode: more.mode }),
          '/opt/data/profiles/coder/.env': file(profile(d), { mode: more.mode }),
          '/opt/data/.install_method': file('docker\n'),
          '/etc/passwd': file(`hermes:${password}:10000:10000::/opt/data:/bin/sh\n`),
          '/etc/group': file(`root:x:0:\nhermes:${password}:10000:\n`),
          '/run/docker.sock': {
            type: 'socket',
            stat: { uid: 0, gid: 998, mode: 0o660, nlink: 1, size: 0 },
          },
          '/run': directory(),
          '/run/s6/container_environment/NOUS_PORTAL_BASE_URL': file(`https://x:${g}@host/`),
        });
        const before = worldOf(system.tree);
        const plan = bootPlan(more.helper ? planText('stage2') : STAGE2_WITH_EDITS, {
          PUID: '1000',
          PGID: '1000',
          ...(more.keys ? { API_SERVER_KEY: e } : {}),
          HERMES_AUTH_JSON_REBOOTSTRAP: session(f, {
            client_id: 'hermes-cli-vps',
            obtained_at: '2026-07-01T00:00:00Z',
          }),
          NOUS_PORTAL_BASE_URL: `https://host/`,
        });
        for (const full of [false, true]) {
          const shown = await diffOf([plan], system, { full });
          expect(shown).toContain('/opt/data/.env');
          expect(shown).toContain('/opt/data/auth.json\n+++ /opt/data/auth.json\n');
          for (const one of [...secrets, password]) {
            for (const form of [one, one.trim(), JSON.stringify(one).slice(1, -1)]) {
              expect(shown).not.toContain(form);
            }
            for (const kind of ['md5', 'sha256']) {
              expect(shown).not.toContain(createHash(kind).update(one).digest('hex'));
            }
          }
          expect(shown).not.toMatch(/[0-9a-f]{32}/);
        }
        expect(worldOf(system.tree)).toEqual(before);
      }),
      { numRuns: rounds(150) },
    );
  });

  it('nor does it print one of any other world, with all of its lines or without (law 7)', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, environments, fc.boolean(), async (entries, env, full) => {
        const shown = await diffOf([bootPlan(STAGE2_WITH_EDITS, env)], world(entries), { full });
        expect(shown).not.toMatch(/canary|shoot/);
      }),
      { numRuns: rounds(100) },
    );
  });
});
