/**
 * Signs of danger in the facts that have come so far, until the banner is there.
 *
 * The banner is the server's rule, and takes the place of these. It waits for each of its sources; a caution that has
 * come must not.
 */

import type { PersonFactsFragment } from '../codegen/graphql.ts';
import { levelOf, type Level } from './level.ts';

export interface Sign {
  rank: number;
  words: string;
  about: 'SELF' | 'OWNER';
}

/** The rank of a caution in the banner: docs/safety.md, "Lines". */
const CAUTION_RANKS: Record<string, number> = {
  ARMED_AND_DANGEROUS: 1,
  VIOLENT_TENDENCIES: 3,
  EXPLOSIVE_EXPERTISE: 4,
  MARTIAL_ARTS_EXPERT: 4,
  ESCAPE_RISK: 4,
  INTERNATIONAL_FLIGHT_RISK: 4,
  SEXUALLY_VIOLENT_PREDATOR: 4,
  SUICIDAL: 10,
};
const MEDICAL_RANK = 11;
const IN_FORCE = new Set<string | null>(['ACTIVE', 'PENDING_CHECK']);

export function personSigns(person: Partial<PersonFactsFragment> | null | undefined, about: Sign['about']): Sign[] {
  if (!person) return [];
  const warrants = (person.warrants ?? []).filter(({ status }) => status === 'ACTIVE');
  const cautions = [...(person.cautions ?? []), ...warrants.flatMap((warrant) => warrant.cautions ?? [])];
  const signs: Sign[] = [...new Set(cautions)]
    .filter((code) => code !== null)
    .map((code) => ({ rank: CAUTION_RANKS[code] ?? MEDICAL_RANK, words: code.replaceAll('_', ' '), about }));
  const add = (isTrue: boolean, rank: number, words: string) => isTrue && signs.push({ rank, words, about });
  add(person.armedAndProhibited === true, 2, 'ARMED AND PROHIBITED');
  add(IN_FORCE.has(person.violentPerson?.state ?? null), 3, 'VIOLENT PERSON');
  add(warrants.length > 0, 5, 'WANTED');
  add(
    (person.protectiveOrders ?? []).some(({ enforcement }) => enforcement !== 'NOT_IN_FORCE'),
    6,
    'PROTECTIVE ORDER IN FORCE',
  );
  add(
    (person.missingReports ?? []).some(({ state }) => IN_FORCE.has(state)),
    8,
    'MISSING PERSON',
  );
  return signs.sort((a, b) => a.rank - b.rank);
}

export function vehicleSigns(vehicle: VehicleFacts | null | undefined): Sign[] {
  if (!vehicle) return [];
  const signs = personSigns(vehicle.owner, 'OWNER');
  const reports = (vehicle.reports ?? []).filter(({ state }) => IN_FORCE.has(state));
  if (reports.some(({ occupantsArmed }) => occupantsArmed))
    signs.push({ rank: 4, words: 'OCCUPANTS ARMED', about: 'SELF' });
  if (vehicle.stolen || reports.some(({ status }) => status === 'STOLEN'))
    signs.push({ rank: 7, words: 'STOLEN', about: 'SELF' });
  if (reports.some(({ status }) => status === 'FELONY'))
    signs.push({ rank: 7, words: 'USED IN A FELONY', about: 'SELF' });
  return signs.sort((a, b) => a.rank - b.rank);
}

export interface VehicleFacts {
  stolen?: boolean | null;
  reports?: readonly { status: string | null; state: string | null; occupantsArmed: boolean | null }[] | null;
  owner?: Partial<PersonFactsFragment> | null;
}

/** The level of the gravest thing that a lookup has shown, for its tab. */
export function gravest(
  safety: { lines: readonly { rank: number }[]; complete: boolean } | null | undefined,
  signs: readonly Sign[],
): Level | null {
  const ranks = [...(safety?.lines ?? []), ...(safety ? [] : signs)].map(({ rank }) => rank);
  return ranks.length ? levelOf(Math.min(...ranks)) : null;
}
