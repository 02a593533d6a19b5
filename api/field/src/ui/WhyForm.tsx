/** Why the stop asks: kept until the stop ends, and in the journal with each question. */

import type { ReasonCode } from '../codegen/graphql.ts';
import { WORDS } from '../codegen/words.ts';
import { plain } from '../facts/words.ts';
import type { Why } from '../stop/stop.ts';

/** The reasons of work in the field. */
const REASONS: readonly ReasonCode[] = [
  'TRAFFIC_STOP',
  'CALL_FOR_SERVICE',
  'INVESTIGATION',
  'WARRANT_SERVICE',
  'SUPERVISION_CHECK',
  'TRAINING',
];

interface Props {
  why: Why;
  onChange: (change: Partial<Why>) => void;
}

export function WhyForm({ why: { reason, caseNumber, attention }, onChange }: Props) {
  return (
    <fieldset class="why">
      <legend>Why</legend>
      <label>
        Reason
        <select
          value={reason}
          title={WORDS.ReasonCode[reason]}
          onChange={(event) => onChange({ reason: event.currentTarget.value as ReasonCode })}
        >
          {REASONS.map((each) => (
            <option key={each} value={each}>
              {plain(each)}
            </option>
          ))}
        </select>
      </label>
      <label>
        Case number
        <input
          {...PRIVATE}
          maxLength={64}
          value={caseNumber}
          onInput={(event) => onChange({ caseNumber: event.currentTarget.value })}
        />
      </label>
      <label>
        For whom
        <input
          {...PRIVATE}
          maxLength={64}
          placeholder="name, unit"
          value={attention}
          onInput={(event) => onChange({ attention: event.currentTarget.value })}
        />
      </label>
    </fieldset>
  );
}

/** A browser neither stores what is typed nor corrects it. */
export const PRIVATE = {
  type: 'text',
  autocomplete: 'off',
  autocorrect: 'off',
  autocapitalize: 'characters',
  spellcheck: false,
} as const;
