/** The vehicles with this number on their plates, one or more a state, to choose from. */

import type { Place } from '../asking/place.ts';
import type { FieldPlatesQuery } from '../codegen/graphql.ts';
import { RootState } from './RootState.tsx';
import { joined, word } from './words.ts';

interface Props {
  place: Place<FieldPlatesQuery>;
  onChoose: (number: string, state: string) => void;
}

type Candidate = NonNullable<FieldPlatesQuery['vehiclesByPlate']>[number];

export function Candidates({ place, onChoose }: Props) {
  const found = place.get('vehiclesByPlate', 'vehicles');
  if (found.reading().is !== 'value') return <RootState place={found} what="This plate in any state" />;
  return (
    <>
      <p class="hint">Compare with the car in front of you before you choose.</p>
      <ul class="hits">
        {found.items().map((each) => {
          const { plate, plateState, year, make, model, color, vin } = each.value;
          return (
            <li key={vin}>
              <button
                type="button"
                class="hit"
                disabled={!plate || !plateState}
                onClick={() => onChoose(plate!, plateState!)}
              >
                <StolenBadge place={each.get('stolen', 'property')} />
                <b>{joined([plate, plateState], ' ')}</b>
                <span>{joined([word('VehicleColor', color), year, word('VehicleMake', make), model], ' ')}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function StolenBadge({ place }: { place: Place<Candidate['stolen'] | undefined> }) {
  const reading = place.reading();
  if (reading.is === 'value')
    return reading.value ? (
      <em class="badge" data-level="warn">
        STOLEN
      </em>
    ) : null;
  return reading.is === 'asked' ? (
    <em class="badge">still checking</em>
  ) : (
    <em class="badge" data-level="unanswered">
      stolen: not checked
    </em>
  );
}
