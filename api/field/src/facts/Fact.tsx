/** A row of a value: its label, and the value or why there is none. A null of the record itself has no row. */

import type { Place } from '../asking/place.ts';
import { withheldWords } from './Section.tsx';

interface Props<T> {
  label: string;
  place: Place<T>;
  children?: (value: NonNullable<T>) => string;
}

export function Fact<T>({ label, place, children }: Props<T>) {
  const reading = place.reading();
  if (reading.is === 'none') return null;
  return (
    <div class="row" data-is={reading.is}>
      <dt>{label}</dt>
      <dd>
        {reading.is === 'value' && (children ? children(reading.value) : String(reading.value))}
        {reading.is === 'asked' && 'still asked'}
        {reading.is === 'unchecked' && 'not checked: NOT “none”'}
        {reading.is === 'withheld' && withheldWords(reading.by)}
      </dd>
    </div>
  );
}
