/** What each source has said, those without an answer first. */

import type { Inquiry } from '../asking/answer.ts';
import { isUnanswered, sourceLabel, statusWords } from '../asking/sources.ts';

interface Props {
  inquiry: Inquiry;
  isWhole: boolean;
  came: ReadonlySet<string>;
}

export function SourceList({ inquiry: { id, sources, exclusions }, isWhole, came }: Props) {
  const asked = sources
    .filter(({ status }) => status !== 'NOT_ASKED')
    .map(({ name, status }) => ({ name, status: status === 'PENDING' && came.has(name) ? ('OK' as const) : status }));
  const rows = asked.sort((a, b) => Number(isUnanswered(b.status, isWhole)) - Number(isUnanswered(a.status, isWhole)));
  const never = exclusions.filter(({ needs }) => needs.length === 0);
  const isOne = rows.length > 1 && new Set(rows.map(({ status }) => status)).size === 1;
  return (
    <section class="sources" aria-label="Sources">
      <h3>Sources</h3>
      <ul>
        {isOne && (
          <li>
            <span>All {rows.length} sources</span>
            <span>{statusWords(rows[0]!.status, isWhole)}</span>
          </li>
        )}
        {(isOne ? [] : rows).map(({ name, status }) => (
          <li key={name} data-status={isUnanswered(status, isWhole) ? 'unanswered' : status}>
            <span>{sourceLabel(name)}</span>
            <span>{statusWords(status, isWhole)}</span>
          </li>
        ))}
      </ul>
      {never.length > 0 && (
        <p>
          Never shown to you, whether there is one or not:{' '}
          {never.map(({ rule }) => rule.name.replaceAll('-', ' ')).join(', ')}.
        </p>
      )}
      <p>Inquiry {id}</p>
    </section>
  );
}
