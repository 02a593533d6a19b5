/** Under each answer: which sources spoke, and what was withheld and why. */

import { useGraphiQL } from '@graphiql/react';

import { summarize, type Refusal, type SourceReport } from './answer';

const STATUS_WORDS: Record<string, string> = {
  OK: 'answered',
  EMPTY: 'nothing there',
  TIMEOUT: 'too slow',
  DOWN: 'no answer',
  NOT_ASKED: 'not asked',
};

const NEED_WORDS: Record<string, string> = {
  CASE_NUMBER: 'a case number',
  AAL2: 'a second factor (aal2)',
};

export function AnswerSummary() {
  const response = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.response ?? null);
  const summary = summarize(response);
  if (!summary) return null;
  return (
    <section className="summary" aria-label="About this answer">
      {summary.sources.length > 0 && (
        <ul className="sources" aria-label="Sources">
          {summary.sources.map((source) => (
            <Source key={source.name} {...source} />
          ))}
        </ul>
      )}
      {summary.refusals.length > 0 && (
        <ul className="refusals" aria-label="Withheld">
          {summary.refusals.map((refusal) => (
            <Withheld key={`${refusal.place} ${refusal.recordClass}`} {...refusal} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Source({ name, status, ms }: SourceReport) {
  return (
    <li className="chip" data-status={status}>
      <span className="chip-name">{name.replaceAll('_', ' ')}</span> {STATUS_WORDS[status] ?? status}
      {status !== 'NOT_ASKED' && ms !== undefined && <span className="chip-time"> {ms} ms</span>}
    </li>
  );
}

function Withheld({ code, place, recordClass, rule, needs }: Refusal) {
  return (
    <li data-code={code}>
      <b>{code === 'STEP_UP_REQUIRED' ? 'Step up' : 'Withheld'}</b> <code>{place || 'everything'}</code>
      <span>
        {recordClass}
        {rule && ` (${rule})`}
        {needs.length > 0 && `: needs ${needs.map((need) => NEED_WORDS[need] ?? need).join(' and ')}`}
      </span>
    </li>
  );
}
