/** Under each answer: which sources spoke, and what was withheld and why. */

import { useGraphiQL } from '@graphiql/react';

import { summarize, type Denial, type Refusal, type SourceReport, type SourceState } from './answer';

const STATUS_WORDS: Record<SourceState, string> = {
  OK: 'answered',
  EMPTY: 'nothing there',
  TIMEOUT: 'too slow',
  DOWN: 'no answer',
  NOT_ASKED: 'not asked',
};

const NEED_WORDS: Record<string, string> = {
  CASE_NUMBER: 'a case number',
  AAL2: 'a second factor (aal2)',
  ATTENTION: 'a fuller reason, in attention',
};

export function AnswerSummary() {
  const response = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.response ?? null);
  const summary = summarize(response);
  if (!summary) return null;
  return (
    <section className="summary" aria-label="About this answer">
      <ul className="sources" aria-label="Sources">
        {summary.sources.map((source) => (
          <Source key={source.name} {...source} />
        ))}
      </ul>
      {summary.refusals.length > 0 && (
        <ul className="refusals" aria-label="Withheld">
          {summary.refusals.map((refusal) => (
            <Withheld key={`${refusal.place} ${refusal.recordClass}`} {...refusal} />
          ))}
        </ul>
      )}
      {summary.exclusions.length > 0 && (
        <details>
          <summary>Left out of every answer to you, whether or not there is any</summary>
          <ul className="refusals">
            {summary.exclusions.map((each) => (
              <li key={each.recordClass + each.rule.name}>{denialWords(each)}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Source({ name, status, ms }: SourceReport) {
  return (
    <li className="chip" data-status={status}>
      <span className="chip-name">{name.replaceAll('_', ' ')}</span> {STATUS_WORDS[status]}
      {ms !== undefined && ` ${ms} ms`}
    </li>
  );
}

function Withheld(refusal: Refusal) {
  const isOpenable = Boolean(refusal.needs?.length);
  return (
    <li data-openable={isOpenable}>
      <b>{isOpenable ? 'Step up' : 'Withheld'}</b> <code>{refusal.place}</code> {denialWords(refusal)}
    </li>
  );
}

function denialWords({ recordClass, rule, needs = [] }: Denial): string {
  const words = `${recordClass}: ${rule.name} (${rule.citation})`;
  return needs.length > 0 ? `${words}, opened by ${needs.map((need) => NEED_WORDS[need] ?? need).join(' and ')}` : words;
}
