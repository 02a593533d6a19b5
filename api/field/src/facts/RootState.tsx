/** What stands where a whole record would: there is none, it is still asked, nobody looked, or it is not shown. */

import type { Withheld } from '../asking/answer.ts';
import type { Place } from '../asking/place.ts';
import { sourceLabel, uncheckedWords } from '../asking/sources.ts';
import { Note } from './Banner.tsx';
import { needsWords } from './Section.tsx';

export function RootState({ place, what }: { place: Place<unknown>; what: string }) {
  const reading = place.reading();
  switch (reading.is) {
    case 'value':
      return null;
    case 'none':
      return (
        <Note
          level="know"
          icon="clear"
          words="NO RECORD"
          details={`${what}: ${sourceLabel(place.source)} answered, and has none that you are shown.`}
        />
      );
    case 'asked':
      return <Note level="asked" icon="asked" words="CHECKING" details={what} />;
    case 'withheld':
      return <Note level="warn" icon="locked" words="NOT SHOWN TO YOU" details={withheldDetails(reading.by)} />;
    case 'unchecked':
      return (
        <Note
          level="unanswered"
          icon="unchecked"
          words="NOT CHECKED"
          details={`${what}: ${uncheckedWords(reading.why, place.source)}.`}
        />
      );
  }
}

function withheldDetails(by: Withheld | null): string {
  if (!by) return '';
  const rule = `Rule: ${by.rule.name.replaceAll('-', ' ')} (${by.rule.citation}).`;
  return by.needs.length ? `Needs ${needsWords(by.needs)}. ${rule}` : rule;
}
