/** One kind of record about a person or a thing: how many there are, or why none is shown. */

import type { ComponentChildren } from 'preact';

import type { Withheld } from '../asking/answer.ts';
import type { Place, Reading } from '../asking/place.ts';
import { uncheckedWords } from '../asking/sources.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import type { Level } from './level.ts';

interface Props<T> {
  title: string;
  place: Place<T>;
  level?: Level | undefined;
  /** The words beside the title if there is a value; by default how many there are. */
  state?: string;
  children?: (value: NonNullable<T>) => ComponentChildren;
}

export function Section<T>({ title, place, level, state, children }: Props<T>) {
  const reading = place.reading();
  const { icon, words } = stateOf(reading, place.source, state);
  return (
    <section
      class="fact"
      data-is={reading.is === 'unchecked' && reading.why === 'NOT_ASKED' ? 'not-asked' : reading.is}
      data-level={reading.is === 'value' ? level : undefined}
    >
      <h4>{title}</h4>
      <p class="state">
        {icon && <Icon name={icon} />}
        {words}
      </p>
      {reading.is === 'value' && children?.(reading.value)}
    </section>
  );
}

function stateOf(
  reading: Reading<unknown>,
  source: string,
  state: string | undefined,
): { icon: IconName | null; words: string } {
  switch (reading.is) {
    case 'value':
      return { icon: null, words: state ?? (Array.isArray(reading.value) ? String(reading.value.length) : '') };
    case 'none':
      return { icon: 'clear', words: 'none' };
    case 'asked':
      return { icon: 'asked', words: 'still asked' };
    case 'unchecked':
      return { icon: 'unchecked', words: uncheckedWords(reading.why, source) };
    case 'withheld':
      return { icon: 'locked', words: withheldWords(reading.by) };
  }
}

const NEEDS: Record<string, string> = {
  CASE_NUMBER: 'a case number',
  AAL2: 'a second factor',
  ATTENTION: 'a reason in your words',
  SUPERVISOR: 'a supervisor’s name',
};

export function needsWords(needs: readonly string[]): string {
  return needs.map((need) => NEEDS[need] ?? need).join(' and ');
}

export function withheldWords(by: Withheld | null): string {
  return by?.needs.length ? `not shown: needs ${needsWords(by.needs)}` : 'not shown to you';
}
