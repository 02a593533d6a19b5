/** What is withheld and what would show it: the case number and the second factor are added here, in place. */

import { useState } from 'preact/hooks';

import { needsWords } from '../facts/Section.tsx';
import { word } from '../facts/words.ts';
import type { Identity, Session } from '../session/session.ts';
import type { Lookup, Stop } from '../stop/stop.ts';
import { Icon } from './icons.tsx';
import { openable } from './openable.ts';
import { PRIVATE } from './WhyForm.tsx';

interface Props {
  lookup: Lookup;
  identity: Identity;
  session: Session;
  stop: Stop;
}

export function StepUp({ lookup, identity, session, stop }: Props) {
  const [problem, setProblem] = useState('');
  const groups = openable(lookup);
  if (groups.length === 0) return null;
  const needs = new Set(groups.flatMap((group) => group.needs));
  const needsFactor = needs.has('AAL2') && identity.assurance < 2;

  async function open(event: Event): Promise<void> {
    event.preventDefault();
    const text = new FormData(event.currentTarget as HTMLFormElement);
    const caseNumber = String(text.get('caseNumber') ?? stop.why.caseNumber).trim();
    const attention = String(text.get('attention') ?? stop.why.attention).trim();
    if (needs.has('CASE_NUMBER') && !caseNumber) return setProblem('Enter the case number.');
    if (text.has('attention') && !attention) return setProblem('Fill in the line above.');
    setProblem('');
    try {
      if (needsFactor) await session.stepUp();
    } catch (error) {
      return setProblem((error as Error).message);
    }
    stop.say({ caseNumber, attention });
    stop.again(lookup);
  }

  return (
    <form class="step-up" onSubmit={open} autocomplete="off" noValidate aria-label="Not shown yet">
      {groups.map((group) => (
        <section key={group.needs.join()}>
          <h3>
            <Icon name="locked" /> Shown with {needsWords(group.needs)}
          </h3>
          <ul>
            {group.withheld.map(({ recordClass, rule }) => (
              <li key={recordClass}>
                {word('RecordClass', recordClass)} <small>{rule.citation}</small>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {needs.has('CASE_NUMBER') && (
        <label>
          Case number
          <input {...PRIVATE} name="caseNumber" maxLength={64} defaultValue={stop.why.caseNumber} />
        </label>
      )}
      {(needs.has('ATTENTION') || needs.has('SUPERVISOR')) && (
        <label>
          {needs.has('SUPERVISOR') ? 'Supervisor, such as “supervisor: Lee 4417”' : 'Why, in your words'}
          <input {...PRIVATE} name="attention" maxLength={64} defaultValue={stop.why.attention} />
        </label>
      )}
      <p class="problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="primary">
        {needsFactor ? 'Second factor, ask again' : 'Ask again'}
      </button>
    </form>
  );
}
