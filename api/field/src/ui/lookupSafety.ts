/** The banner and the early signs of a lookup of any kind. */

import { Place } from '../asking/place.ts';
import type { Level } from '../facts/level.ts';
import { gravest, personSigns, vehicleSigns, type Sign } from '../facts/signs.ts';
import type { Lookup } from '../stop/stop.ts';

export function rootOf(lookup: Lookup): Place<any> {
  return new Place<any>(lookup.answer, [], lookup.answer.data ?? undefined, 'persons');
}

/** The place of the record that the question is about; null for a list to choose from, also of a licence that two people have. */
export function recordOf(lookup: Lookup): Place<any> | null {
  const root = rootOf(lookup);
  switch (lookup.question.kind) {
    case 'vehicle':
      return root.get('vehicle', 'vehicles');
    case 'person':
      return root.get('person', 'persons');
    case 'licence': {
      const edges = root.get('searchPersons').get('edges');
      const [first, second] = edges.items() as Place<any>[];
      return second ? null : first ? first.get('node') : edges;
    }
    default:
      return null;
  }
}

export function signsOf(lookup: Lookup): Sign[] {
  const record = recordOf(lookup)?.value;
  if (lookup.question.kind === 'vehicle') return vehicleSigns(record);
  return Array.isArray(record) ? [] : personSigns(record, 'SELF');
}

export function levelOfLookup(lookup: Lookup): Level | undefined {
  const record = recordOf(lookup)?.value;
  return gravest(record?.safety, signsOf(lookup)) ?? undefined;
}
