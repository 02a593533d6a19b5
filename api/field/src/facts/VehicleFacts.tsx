/** The facts about one vehicle: what it is, whether it is stolen, and to whom it is registered. */

import type { Place } from '../asking/place.ts';
import type { FieldVehicleQuery } from '../codegen/graphql.ts';
import { PersonFacts } from './PersonFacts.tsx';
import { Missing } from './records.tsx';
import { Section } from './Section.tsx';
import { day, joined, plain, word } from './words.ts';

export type Vehicle = NonNullable<FieldVehicleQuery['vehicle']>;

export function VehicleFacts({ place }: { place: Place<Vehicle> }) {
  const { plate, plateState, year, make, model, style, color, vin, registration } = place.value;
  const owner = place.get('owner', 'persons');
  return (
    <>
      <article class="card">
        <header>
          <h3>{joined([word('VehicleColor', color), year, word('VehicleMake', make), model], ' ')}</h3>
          <p>
            {joined([joined([plate, plateState], ' '), word('VehicleStyle', style)])}
            <small>{vin && `VIN ${vin}`}</small>
          </p>
        </header>
        <Stolen place={place} />
        <Missing place={place.get('missingReports', 'missing_persons')} title="Missing person" />
        <Section
          title="Registration"
          place={place.get('registration')}
          level={registration?.status === 'CURRENT' ? undefined : 'warn'}
          state={joined([plain(registration?.status), registration?.expiresOn && `to ${day(registration.expiresOn)}`])}
        />
      </article>
      {owner.value ? (
        <PersonFacts place={owner} role="Registered owner" />
      ) : (
        <article class="card">
          <Section title="Registered owner" place={owner} />
        </article>
      )}
    </>
  );
}

/** `stolen` is true, false, or null with an error: not checked. Its reports say with whom to confirm it. */
function Stolen({ place }: { place: Place<Vehicle> }) {
  const isStolen = place.value.stolen;
  const reports = place.get('reports', 'property');
  return (
    <>
      <Section
        title="Stolen"
        place={place.get('stolen', 'property')}
        level={isStolen ? 'warn' : undefined}
        state={isStolen ? 'YES' : 'no'}
      />
      {reports.reading().is === 'value' && (
        <Section title="Reports" place={reports} level="warn">
          {(list) => (
            <ul>
              {list.map(({ number, status, state, occurredOn, agencyOri, occupantsArmed }) => (
                <li key={number}>
                  <b>{joined([plain(status), occupantsArmed && 'occupants may be armed'])}</b> {plain(state)}
                  <small>{joined([number, agencyOri, day(occurredOn)])}</small>
                </li>
              ))}
            </ul>
          )}
        </Section>
      )}
    </>
  );
}
