import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The skills of the image, and of the home as the image's helper would have left them. */
export function makeSkills(install: string, home: string, count: number): void {
  rmSync(join(install, 'skills'), { recursive: true, force: true });
  const manifest: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = `skill-${String(index).padStart(2, '0')}`;
    const head = `---\nname: ${name}\ndescription: One of many.\n---\n`;
    const files = [
      ['SKILL.md', head + 'What to do, step by step.\n'.repeat(100)],
      ['references/more.md', 'What else there is to know.\n'.repeat(20)],
    ] as const;
    const hash = createHash('md5');
    for (const [path, content] of files) hash.update(path).update(content);
    manifest.push(`${name}:${hash.digest('hex')}\n`);
    for (const skills of [join(install, 'skills'), join(home, 'skills')]) {
      for (const [path, content] of files) {
        const file = join(skills, `group-${index % 9}`, name, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
    }
  }
  writeFileSync(join(install, 'skills/.digest'), `of ${count} skills\n`);
  writeFileSync(join(home, 'skills/.bundled_manifest'), manifest.join(''));
}
