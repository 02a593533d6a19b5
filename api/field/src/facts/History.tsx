/** Arrests and what became of their charges. A charge is not a conviction, and each says which it is. */

import type { Place } from '../asking/place.ts';
import type { PersonFactsFragment } from '../codegen/graphql.ts';
import { Section } from './Section.tsx';
import { day, joined, plain } from './words.ts';

const STANDINGS: Record<string, string> = {
  CONVICTED: 'convicted',
  NOT_CONVICTED: 'not convicted',
  DIVERTED: 'diverted: no conviction',
  UNDECIDED: 'charge only: no disposition',
  UNKNOWN: 'disposition not clear: ask the court',
};

export function History({ place }: { place: Place<PersonFactsFragment['criminalHistory'] | undefined> }) {
  const cycles = place.get('cycles');
  // A history without a cycle that is shown reads as its cycles do; before it has come, as the history does.
  return (
    <Section
      title="Criminal history"
      place={place.value ? cycles : (place as unknown as typeof cycles)}
      level="know"
      state={count(place.value?.cycles?.length)}
    >
      {(list) => (
        <ul>
          {list.map(({ arrestedOn, agencyOri, charges }, index) => (
            <li key={index}>
              <b>{joined([arrestedOn ? `Arrest ${day(arrestedOn)}` : 'Arrest, date not shown', agencyOri])}</b>
              {(charges ?? []).map(({ offense, severity, standing, disposition }, number) => (
                <small key={number}>
                  {joined([
                    offense,
                    plain(severity),
                    standing && STANDINGS[standing],
                    disposition?.decidedOn && day(disposition.decidedOn),
                  ])}
                </small>
              ))}
              {charges === null && <small>Charges not shown</small>}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function count(cycles: number | undefined): string {
  return cycles === 1 ? '1 arrest' : `${cycles ?? 0} arrests`;
}
