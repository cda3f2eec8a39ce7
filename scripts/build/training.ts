import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/*
 * The world that the code cache is trained on: an image with skills and programs that cannot run,
 * and a home that has been in use, with trouble in it that a boot mends.
 */

/** How many skills the image has, and a home that has followed it until the last one. */
const SKILLS = 3;

const FILES: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0::/root:/bin/sh\nhermes:x:10000:10000::/opt/data:/bin/sh\n',
  'etc/group': 'root:x:0:\nhermes:x:10000:\n',
  'etc/shadow': 'root:*:20000:0:99999:7:::\nhermes:!:20000:0:99999:7:::\n',
  'etc/gshadow': 'root:*::\nhermes:!::\n',
  'bin/true': '',
  'opt/hermes/.env.example': '# API_SERVER_KEY=\n',
  'opt/hermes/cli-config.yaml.example': '_config_version: 12\n',
  'opt/hermes/docker/SOUL.md': 'soul\n',
  'opt/hermes/hermes_cli/config.py': 'DEFAULTS = {"_config_version": 12}\n',
  'opt/hermes/.playwright/chromium-1/chrome-linux/chrome': '',
  'opt/data/.env': 'KEY=value\n',
  'opt/data/.install_method': 'docker\n',
  'opt/data/auth.json': '{"version": 1}\n',
  'opt/data/config.yaml': '_config_version: 12\nmodel: one # of many\n',
  'opt/data/sessions/one.json': '{}\n',
  'opt/data/profiles/coder/SOUL.md': 'soul\n',
  'opt/data/profiles/coder/.env': '',
  'opt/data/profiles/coder/config.yaml': '_config_version: 12\n',
  'opt/data/profiles/coder/gateway_state.json': '{"gateway_state": "running"}\n',
};

/** What belongs to root in the home, as after `docker exec`. */
const OF_ROOT = new Set(['opt/data/auth.json']);

/** The ids that the image gives its account. */
const BUILT = 10000;

/** What the container is given: other ids, and what is exported. */
export const TRAINING_ENVIRONMENT: Readonly<Record<string, string>> = {
  PUID: '1000',
  PGID: '1000',
  PLAYWRIGHT_BROWSERS_PATH: '/opt/hermes/.playwright',
};

/** Makes it in a directory. Without root all of it belongs to who makes it. */
export function makeTrainingWorld(root: string): void {
  for (const path of ['run/service', 'run/s6/container_environment', 'tmp', 'var'])
    mkdirSync(join(root, path), { recursive: true });
  for (const [path, text] of Object.entries(FILES)) put(root, path, text);
  for (let index = 0; index < SKILLS; index += 1) {
    const skill = `skills/group/skill-${index}/SKILL.md`;
    const text = `---\nname: skill-${index}\ndescription: One of many.\n---\n`;
    put(root, join('opt/hermes', skill), text);
    if (index + 1 < SKILLS) put(root, join('opt/data', skill), text);
  }
}

function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text, { mode: 0o755 });
  const owned = path.startsWith('opt/data/') && !OF_ROOT.has(path);
  if (owned && process.geteuid?.() === 0) chownSync(join(root, path), BUILT, BUILT);
}
