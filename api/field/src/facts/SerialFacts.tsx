/** The guns and the reports on things with a serial number. Two makers may use one number. */

import type { Place } from '../asking/place.ts';
import type { FieldSerialQuery } from '../codegen/graphql.ts';
import { Note } from './Banner.tsx';
import { Section } from './Section.tsx';
import { day, joined, plain } from './words.ts';

type Report = {
  number: string | null;
  status: string | null;
  state: string | null;
  occurredOn: string | null;
  agencyOri: string | null;
};

const IN_FORCE = new Set<string | null>(['ACTIVE', 'PENDING_CHECK', null]);

export function SerialFacts({ place }: { place: Place<FieldSerialQuery> }) {
  const guns = place.get('firearm', 'firearms');
  const things = place.get('property', 'property');
  const reports: Report[] = [...(guns.value ?? []).flatMap((gun) => gun.reports ?? []), ...(things.value ?? [])];
  const grave = reports.filter(({ state }) => IN_FORCE.has(state));
  return (
    <>
      <div class="banner" role="alert" aria-label="Safety">
        {[...new Set(grave.map(({ status }) => plain(status).toUpperCase()))].map((status) => (
          <Note
            key={status}
            level="warn"
            icon="warning"
            words={status}
            details="Confirm first, with the agency that made the report."
          />
        ))}
      </div>
      <article class="card">
        <header>
          <h3>Guns and things with this number</h3>
          <p>Compare maker and kind: two makers may use one number.</p>
        </header>
        <Section title="Guns" place={guns}>
          {(list) => (
            <ul>
              {list.map(({ id, serial, make, model, caliber, category, reports: each }) => (
                <li key={id}>
                  <b>{joined([plain(make), model, caliber && bore(caliber)], ' ')}</b> {plain(category)}
                  <small>
                    {joined([serial, each === null ? 'reports not checked' : each.length === 0 && 'no report'])}
                  </small>
                  {(each ?? []).map((report) => (
                    <ReportLine key={report.number} {...report} />
                  ))}
                </li>
              ))}
            </ul>
          )}
        </Section>
        <Section title="Reports on things" place={things}>
          {(list) => (
            <ul>
              {list.map(({ item, file, ...report }) => (
                <li key={report.number}>
                  <b>{joined([item && describe(item), plain(file)])}</b>
                  <ReportLine {...report} />
                </li>
              ))}
            </ul>
          )}
        </Section>
      </article>
    </>
  );
}

function ReportLine({ number, status, state, occurredOn, agencyOri }: Report) {
  return (
    <small>
      {joined([status ? plain(status) : 'status not readable', plain(state), number, agencyOri, day(occurredOn)])}
    </small>
  );
}

/** 9 mm of MILLIMETERS_9, .38 of CALIBER_38, 12 gauge of GAUGE_12. */
function bore(caliber: string): string {
  return caliber
    .replace(/^MILLIMETERS_(\d+)$/, '$1 mm')
    .replace(/^CALIBER_(\d+)$/, '.$1')
    .replace(/^GAUGE_(\d+)$/, '$1 gauge');
}

function describe(item: object): string {
  return joined(
    Object.values(item as Record<string, string | null>).map((each) =>
      each && /^[A-Z_]+$/.test(each) ? plain(each) : each,
    ),
    ' ',
  );
}
