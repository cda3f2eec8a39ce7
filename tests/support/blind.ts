/** A world in which one look gets no answer, as after an error of a disk, a share or its server. */
import { LookFailed } from '../../src/errors/look-failed.ts';

/** What steps and the engine ask of a world. */
const LOOKS = new Set<string | symbol>([
  'look',
  'read',
  'readAs',
  'readText',
  'list',
  'accounts',
  'scanOwners',
  'lookToOwn',
  'isMount',
  'mountOf',
  'ask',
  'resolve',
]);

const ERRNOS = ['EIO', 'EACCES', 'ESTALE', 'ENOMEM'] as const;

/** How many looks have been asked for, which of them fails, and what it was. */
export class Blindness {
  readonly #at: number;
  #looks = 0;
  /** The look that failed, for the message of a test that does. */
  failed = '';

  /** @param at which look fails; none when it is negative */
  constructor(at: number) {
    this.#at = at;
  }

  get looks(): number {
    return this.#looks;
  }

  /** The same world, looked at through this. What a change does by itself is not looked at. */
  over<T extends object>(world: T): T {
    return new Proxy(world, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          if (LOOKS.has(name)) this.#look(String(name), args[0]);
          return Reflect.apply(value, target, args);
        };
      },
    });
  }

  #look(name: string, asked: unknown): void {
    const look = this.#looks;
    this.#looks += 1;
    if (look !== this.#at) return;
    const isQuestion = typeof asked === 'object' && asked !== null && 'path' in asked;
    const path = isQuestion ? asked.path : asked;
    const about = typeof path === 'string' ? path : '/etc/passwd';
    this.failed = `${name} ${about}`;
    throw new LookFailed(about, name, ERRNOS[look % ERRNOS.length] ?? 'EIO');
  }
}
