/** The sources whose facts have come, although the banner still asks them too and their status is PENDING. */

import type { SourceName } from '../asking/sources.ts';
import type { Lookup } from '../stop/stop.ts';
import { recordOf } from './lookupSafety.ts';

const SOURCE_OF: Record<string, SourceName> = {
  cautions: 'persons',
  missingReports: 'missing_persons',
  warrants: 'warrants',
  protectiveOrders: 'protective_orders',
  armedAndProhibited: 'firearms',
  violentPerson: 'alerts',
  supervisedReleases: 'supervision',
  criminalHistory: 'criminal_history',
  stolen: 'property',
};

export function sourcesThatCame(lookup: Lookup): ReadonlySet<string> {
  const record = recordOf(lookup);
  const places = record ? [record, record.get('owner')] : [];
  const came = places.flatMap((place) =>
    Object.entries(SOURCE_OF)
      .filter(
        ([key, source]) => place.value?.[key] !== undefined && place.get(key, source).reading().is !== 'unchecked',
      )
      .map(([, source]) => source),
  );
  return new Set(came);
}
