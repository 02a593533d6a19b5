/** Warrants, orders, reports of missing persons, and probation and parole, one line each. */

import type { Place } from '../asking/place.ts';
import type { PersonFactsFragment } from '../codegen/graphql.ts';
import { Section } from './Section.tsx';
import { day, joined, plain } from './words.ts';

type List<K extends keyof PersonFactsFragment> = Place<PersonFactsFragment[K] | undefined>;

export function Warrants({ place }: { place: List<'warrants'> }) {
  // A status that cannot be read may be ACTIVE.
  const isWanted = place.value?.some(({ status }) => status === 'ACTIVE' || status === null);
  return (
    <Section title="Warrants" place={place} level={isWanted ? 'grave' : 'know'}>
      {(warrants) => (
        <ul>
          {warrants.map(({ number, status, category, offense, extradition, issuedOn, agencyOri, nightService }) => (
            <li key={number}>
              <b>{offense ?? 'Offence not shown'}</b> {status ? plain(status) : 'status not readable'}
              <small>
                {joined([
                  plain(category),
                  plain(extradition),
                  nightService && 'night service',
                  number,
                  agencyOri,
                  day(issuedOn),
                ])}
              </small>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

const ENFORCEMENT: Record<string, string> = {
  ENFORCE: 'In force: enforce it',
  NOTIFY_THEN_ENFORCE: 'In force, not served: notify, then enforce',
  NOT_IN_FORCE: 'Not in force',
};
const BRADY: Record<string, string> = {
  YES: 'firearms prohibited',
  NO: 'firearms not prohibited',
  UNKNOWN: 'firearms: not said',
};

export function Orders({ place }: { place: List<'protectiveOrders'> }) {
  const isInForce = place.value?.some(({ enforcement }) => enforcement !== 'NOT_IN_FORCE');
  return (
    <Section title="Protective orders" place={place} level={isInForce ? 'warn' : 'know'}>
      {(orders) => (
        <ul>
          {orders.map(({ number, kind, enforcement, conditions, brady, expiresOn, agencyOri }) => (
            <li key={number}>
              <b>{ENFORCEMENT[enforcement ?? ''] ?? 'Not known whether in force'}</b>{' '}
              {joined([plain(kind), brady && BRADY[brady]])}
              <small>
                {joined([...(conditions ?? []).map(plain), number, agencyOri, expiresOn && `until ${day(expiresOn)}`])}
              </small>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

export function Missing({ place, title }: { place: List<'missingReports'>; title: string }) {
  const isInForce = place.value?.some(({ state }) => state === 'ACTIVE' || state === 'PENDING_CHECK' || state === null);
  return (
    <Section title={title} place={place} level={isInForce ? 'warn' : 'know'}>
      {(reports) => (
        <ul>
          {reports.map(({ number, state, category, isAtRisk, amberAlert, lastSeenOn, agencyOri }) => (
            <li key={number}>
              <b>{joined([amberAlert && 'AMBER ALERT', isAtRisk && 'at risk', plain(category)])}</b> {plain(state)}
              <small>{joined([number, agencyOri, lastSeenOn && `last seen ${day(lastSeenOn)}`])}</small>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

export function Supervision({ place }: { place: List<'supervisedReleases'> }) {
  return (
    <Section title="Probation and parole" place={place} level="warn">
      {(releases) => (
        <ul>
          {releases.map(({ number, kind, status, searchTerms, agentName, agentPhone, endsOn }) => (
            <li key={number}>
              <b>{joined([plain(kind), plain(status)])}</b>{' '}
              {searchTerms?.length ? `Search: ${joined(searchTerms, ', ')}` : 'No search term'}
              <small>
                {joined([agentName && `agent ${agentName}`, agentPhone, number, endsOn && `until ${day(endsOn)}`])}
              </small>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
