/** What more of a lookup could be shown, by what it needs. */

import type { Withheld } from '../asking/answer.ts';
import type { Lookup } from '../stop/stop.ts';
import { recordOf } from './lookupSafety.ts';

export interface Openable {
  needs: readonly string[];
  withheld: readonly Withheld[];
}

/** Nothing while parts are to come, and nothing of a record that is not there: its places depend on the document alone. */
export function openable(lookup: Lookup): Openable[] {
  const { inquiry, isWhole } = lookup.answer;
  const record = recordOf(lookup)?.reading().is;
  if (!inquiry || !isWhole || (record !== 'value' && record !== 'withheld')) return [];
  const places = inquiry.withheld.filter(({ needs }) => needs.length > 0);
  // Kinds of arrest that are left out of a history, if the question asked for one.
  const asksHistory = inquiry.sources.some(({ name, status }) => name === 'criminal_history' && status !== 'NOT_ASKED');
  const left = asksHistory ? inquiry.exclusions.filter(({ needs }) => needs.length > 0) : [];
  const groups = new Map<string, Map<string, Withheld>>();
  for (const each of [...places, ...left]) {
    const key = [...each.needs].sort().join();
    groups.set(key, (groups.get(key) ?? new Map<string, Withheld>()).set(each.recordClass, each));
  }
  return [...groups.values()].map((classes) => ({
    needs: [...classes.values()][0]!.needs,
    withheld: [...classes.values()],
  }));
}
