/** A place of an answer, and what its null or absence means: docs/app-author.md, "Read the answer". */

import type { Answer, AnswerError, Path, Withheld } from './answer.ts';
import type { SourceName } from './sources.ts';

/** Why a place is not known: in the end, each has a sentence of its own. */
export type Unchecked = 'NO_ANSWER' | 'NOT_ASKED' | 'NOT_RECEIVED' | 'UNREADABLE' | 'TOO_MUCH';

export type Reading<T> =
  | { is: 'value'; value: T }
  /** There is none, or none that this caller is shown. */
  | { is: 'none' }
  /** Still asked. */
  | { is: 'asked' }
  /** Not known, so this is not "none". */
  | { is: 'unchecked'; why: Unchecked }
  | { is: 'withheld'; by: Withheld | null };

type KeyOf<T> = T extends unknown ? Extract<keyof T, string> : never;
type At<T, K> = T extends unknown ? (K extends keyof T ? T[K] : undefined) : never;

const WHY: Record<string, Unchecked> = { RECORD_FAULT: 'UNREADABLE', TOO_COMPLEX: 'TOO_MUCH' };
const REFUSED = new Set(['STEP_UP_REQUIRED', 'NEED_TO_KNOW']);

export class Place<T> {
  constructor(
    readonly answer: Answer,
    readonly path: Path,
    readonly value: T,
    readonly source: SourceName,
  ) {}

  get<K extends KeyOf<NonNullable<T>>>(key: K, source: SourceName = this.source): Place<At<NonNullable<T>, K>> {
    const value = (this.value as Record<string, unknown> | null | undefined)?.[key];
    return new Place(this.answer, [...this.path, key], value as At<NonNullable<T>, K>, source);
  }

  items(): Place<NonNullable<T> extends readonly (infer Item)[] ? Item : never>[] {
    const list = (this.value ?? []) as readonly never[];
    return list.map((item, index) => new Place(this.answer, [...this.path, index], item, this.source));
  }

  reading(): Reading<NonNullable<T>> {
    const { value } = this;
    if (value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0))
      return { is: 'value', value };
    const error = this.#error();
    const code = error?.extensions.code ?? '';
    if (error)
      return REFUSED.has(code)
        ? { is: 'withheld', by: denial(error) }
        : { is: 'unchecked', why: WHY[code] ?? 'NO_ANSWER' };
    if (value === undefined) return this.answer.isWhole ? { is: 'unchecked', why: 'NOT_RECEIVED' } : { is: 'asked' };
    return this.#ofSource();
  }

  /** A null or an empty list without an error of its own: its source says what it means. */
  #ofSource(): Reading<NonNullable<T>> {
    const status = this.answer.inquiry?.sources.find(({ name }) => name === this.source)?.status;
    if (status === 'EMPTY' || status === 'NO_NUMBER') return { is: 'none' };
    if (status === 'NOT_ASKED') return { is: 'unchecked', why: 'NOT_ASKED' };
    if (status === 'TIMEOUT' || status === 'DOWN' || status === undefined) return { is: 'unchecked', why: 'NO_ANSWER' };
    const place = this.answer.inquiry?.withheld.find(({ path }) => touches(path, this.path));
    if (place) return { is: 'withheld', by: place };
    if (status === 'WITHHELD') return { is: 'withheld', by: null };
    // The part has arrived, so what is still asked of the source is for another place.
    return { is: 'none' };
  }

  #error(): AnswerError | undefined {
    return this.answer.errors.find(
      ({ path }) => path !== undefined && path.every((key, index) => this.path[index] === key),
    );
  }
}

function denial({ extensions }: AnswerError): Withheld | null {
  const { recordClass, rule, needs = [] } = extensions;
  return recordClass && rule ? { recordClass, rule, needs } : null;
}

/** Whether a withheld place is this one, one above it or one inside it. */
function touches(withheld: readonly string[], path: Path): boolean {
  const common = Math.min(withheld.length, path.length);
  return withheld
    .slice(0, common)
    .every((key, index) => (key === '@' ? typeof path[index] === 'number' : key === path[index]));
}
