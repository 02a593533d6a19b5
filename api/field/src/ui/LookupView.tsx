/** One lookup: what failed, the banner, the facts as they come, what would show more, and each source's state. */

import { Banner } from '../facts/Banner.tsx';
import { Candidates } from '../facts/Candidates.tsx';
import { Hits } from '../facts/Hits.tsx';
import { PersonFacts } from '../facts/PersonFacts.tsx';
import { RootState } from '../facts/RootState.tsx';
import { SerialFacts } from '../facts/SerialFacts.tsx';
import { VehicleFacts } from '../facts/VehicleFacts.tsx';
import { clock, joined, plain } from '../facts/words.ts';
import type { Identity, Session } from '../session/session.ts';
import { person, plate, type Question } from '../stop/questions.ts';
import type { Lookup, Stop } from '../stop/stop.ts';
import { Announcer } from './Announcer.tsx';
import { FailureNotice } from './FailureNotice.tsx';
import { Icon } from './icons.tsx';
import { recordOf, rootOf, signsOf } from './lookupSafety.ts';
import { SourceList } from './SourceList.tsx';
import { sourcesThatCame } from './sourcesThatCame.ts';
import { StepUp } from './StepUp.tsx';

interface Props {
  lookup: Lookup;
  identity: Identity;
  session: Session;
  stop: Stop;
  onAsk: (question: Question) => void;
  onWhy: () => void;
}

export function LookupView(props: Props) {
  const { lookup, stop } = props;
  const { question, answer, askedAt, why, isAskedAgain } = lookup;
  return (
    <>
      <div class="title">
        <h2>
          {question.title}
          <small>
            {joined([
              clock(askedAt),
              plain(why.reason),
              why.caseNumber && `case ${why.caseNumber}`,
              isAskedAgain && !answer.failure && 'asking again',
            ])}
          </small>
        </h2>
        <button type="button" aria-label="Ask again" onClick={() => stop.again(lookup)}>
          <Icon name="again" />
        </button>
      </div>
      {answer.failure && !answer.data ? <FailureNotice {...props} failure={answer.failure} /> : <Answer {...props} />}
      <Announcer key={askedAt.getTime()} lookup={lookup} />
    </>
  );
}

/** The banner above all else; below it the facts, what would show more, and the sources. */
function Answer(props: Props) {
  const { lookup, identity, session, stop, onAsk } = props;
  const record = recordOf(lookup);
  const isThere = record?.value && !Array.isArray(record.value);
  const { inquiry, isWhole, failure } = lookup.answer;
  return (
    <>
      {isThere && <Banner place={record.get('safety')} signs={signsOf(lookup)} />}
      {record && !isThere && (
        <div class="banner" role="alert" aria-label="Safety">
          <RootState place={record} what={lookup.question.title} />
        </div>
      )}
      {failure && <FailureNotice {...props} failure={failure} />}
      <div class="facts" data-kind={lookup.question.kind}>
        {(isThere || !record) && <Facts lookup={lookup} onAsk={onAsk} />}
        <StepUp lookup={lookup} identity={identity} session={session} stop={stop} />
        {inquiry && <SourceList inquiry={inquiry} isWhole={isWhole} came={sourcesThatCame(lookup)} />}
      </div>
    </>
  );
}

function Facts({ lookup, onAsk }: Pick<Props, 'lookup' | 'onAsk'>) {
  const root = rootOf(lookup);
  const record = recordOf(lookup);
  if (!record && lookup.question.kind === 'licence')
    return <Hits place={root} onChoose={(id, name) => onAsk(person(id, name))} />;
  switch (lookup.question.kind) {
    case 'name':
      return <Hits place={root} onChoose={(id, name) => onAsk(person(id, name))} />;
    case 'plates':
      return <Candidates place={root} onChoose={(number, state) => onAsk(plate(number, state))} />;
    case 'serial':
      return <SerialFacts place={root} />;
    case 'vehicle':
      return <VehicleFacts place={record!} />;
    default:
      return <PersonFacts place={record!} />;
  }
}
