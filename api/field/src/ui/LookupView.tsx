/** One lookup: what failed, the banner, the facts as they come, what would show more, and each source's state. */

import type { ComponentChildren } from 'preact';

import { Banner } from '../facts/Banner.tsx';
import { Candidates } from '../facts/Candidates.tsx';
import { Hits } from '../facts/Hits.tsx';
import { PersonFacts } from '../facts/PersonFacts.tsx';
import { RootState } from '../facts/RootState.tsx';
import { SerialFacts } from '../facts/SerialFacts.tsx';
import { VehicleFacts } from '../facts/VehicleFacts.tsx';
import type { Identity, Session } from '../session/session.ts';
import { person, plate, type Question } from '../stop/questions.ts';
import type { Lookup, Stop } from '../stop/stop.ts';
import { FailureNotice } from './FailureNotice.tsx';
import { Icon } from './icons.tsx';
import { recordOf, rootOf, signsOf } from './lookupSafety.ts';
import { SourceList } from './SourceList.tsx';
import { StepUp } from './StepUp.tsx';

interface Props {
  lookup: Lookup;
  identity: Identity;
  session: Session;
  stop: Stop;
  onAsk: (question: Question) => void;
  onWhy: () => void;
}

export function LookupView({ lookup, identity, session, stop, onAsk, onWhy }: Props) {
  const { question, answer, askedAt } = lookup;
  const again = (): void => stop.again(lookup);
  return (
    <>
      <div class="title">
        <h2>{question.title}</h2>
        <time>{askedAt.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}</time>
        <button type="button" aria-label="Ask again" onClick={again}>
          <Icon name="again" />
        </button>
      </div>
      {answer.failure && <FailureNotice lookup={lookup} failure={answer.failure} session={session} onAgain={again} onWhy={onWhy} />}
      {(answer.data || !answer.failure) && <Facts lookup={lookup} onAsk={onAsk} />}
      <StepUp lookup={lookup} identity={identity} session={session} stop={stop} />
      {answer.inquiry && <SourceList inquiry={answer.inquiry} isWhole={answer.isWhole} />}
    </>
  );
}

function Facts({ lookup, onAsk }: { lookup: Lookup; onAsk: Props['onAsk'] }): ComponentChildren {
  const root = rootOf(lookup);
  switch (lookup.question.kind) {
    case 'name':
      return <Hits place={root} onChoose={(id, name) => onAsk(person(id, name))} />;
    case 'plates':
      return <Candidates place={root} onChoose={(number, state) => onAsk(plate(number, state))} />;
    case 'serial':
      return <SerialFacts place={root} />;
  }
  const record = recordOf(lookup)!;
  if (!record.value || Array.isArray(record.value)) {
    return (
      <section class="banner" aria-label="Safety" role="alert">
        <RootState place={record} what={lookup.question.title} />
      </section>
    );
  }
  return (
    <>
      <Banner place={record.get('safety')} signs={signsOf(lookup)} />
      {lookup.question.kind === 'vehicle' ? <VehicleFacts place={record} /> : <PersonFacts place={record} />}
    </>
  );
}
