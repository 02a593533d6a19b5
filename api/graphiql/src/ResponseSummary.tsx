/** Below each response: the status of each source, and what was withheld and why. */

import { isFailed, sourceName, STATUS_PHRASES } from './statuses';
import { summarize, type DeniedField, type Denial, type SourceOutcome } from './summary';

const NEED_PHRASES: Record<string, string> = {
  CASE_NUMBER: 'a case number',
  AAL2: 'a second factor (aal2)',
  ATTENTION: 'a fuller reason, of three different words with three letters or more each, in attention',
  SUPERVISOR: 'the name of a supervisor, in attention',
};

export function ResponseSummary({ response }: { response: string | null }) {
  const summary = summarize(response);
  if (!summary) return null;
  const unqueried = summary.sources.filter(({ status }) => status === 'NOT_ASKED');
  return (
    <section className="summary" aria-label="About this response">
      <ul className="sources" aria-label="Sources">
        {summary.sources
          .filter((source) => !unqueried.includes(source))
          .sort((one, other) => Number(isFailed(other.status)) - Number(isFailed(one.status)))
          .map((source) => (
            <Source key={source.name} {...source} />
          ))}
        {unqueried.length > 0 && (
          <li className="unqueried">{`${STATUS_PHRASES.NOT_ASKED}: ${unqueried.map(({ name }) => sourceName(name)).join(', ')}`}</li>
        )}
      </ul>
      {summary.deniedFields.length > 0 && (
        <ul className="denials" aria-label="Withheld">
          {summary.deniedFields.map((field) => (
            <Withheld key={`${field.path} ${field.recordClass}`} {...field} />
          ))}
        </ul>
      )}
      {summary.exclusions.length > 0 && (
        <details>
          <summary>Never shown to you (says nothing about whether such records exist)</summary>
          <ul className="denials">
            {summary.exclusions.map((each) => (
              <li key={each.recordClass + each.rule.name}>{denialText(each)}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Source({ name, status, ms }: SourceOutcome) {
  return (
    <li className="chip" data-status={status}>
      <span className="chip-name">{sourceName(name)}</span> {STATUS_PHRASES[status]}
      {ms !== undefined && ` ${ms} ms`}
    </li>
  );
}

function Withheld(field: DeniedField) {
  const canStepUp = Boolean(field.needs?.length);
  return (
    <li data-step-up={canStepUp}>
      <b>{canStepUp ? 'Step up' : 'Withheld'}</b> <code>{field.path}</code> {denialText(field)}
    </li>
  );
}

function denialText({ recordClass, rule, needs = [] }: Denial): string {
  const text = `${recordClass}: ${rule.name} (${rule.citation})`;
  return needs.length > 0 ? `${text}; add ${needs.map((need) => NEED_PHRASES[need] ?? need).join(' and ')}` : text;
}
