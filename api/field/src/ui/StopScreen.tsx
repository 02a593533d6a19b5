/** The screen of a stop: a pane that asks, a pane that answers, and on a phone the bar that changes between them. */

import { useEffect, useRef, useState } from 'preact/hooks';

import type { Identity, Session } from '../session/session.ts';
import type { Question } from '../stop/questions.ts';
import type { Stop } from '../stop/stop.ts';
import { AskForm } from './AskForm.tsx';
import { Icon } from './icons.tsx';
import { LookupView } from './LookupView.tsx';
import { Offline } from './Offline.tsx';
import { Tabs } from './Tabs.tsx';
import { TopBar } from './TopBar.tsx';
import { useStore } from './useStore.ts';
import { WhyForm } from './WhyForm.tsx';

interface Props {
  agency: string | null;
  identity: Identity;
  session: Session;
  stop: Stop;
}

export function StopScreen({ agency, identity, session, stop }: Props) {
  const { current, lookups, why } = useStore(stop);
  const [isAsking, setAsking] = useState(true);
  const [generation, setGeneration] = useState(0);
  const answer = useRef<HTMLElement>(null);
  const isShown = current !== null && !isAsking;

  function ask(question: Question): void {
    stop.ask(question);
    setAsking(false);
  }

  function end(): void {
    stop.end();
    setAsking(true);
    setGeneration(generation + 1);
    window.scrollTo(0, 0);
  }

  // The gravest thing is at the top of the answer.
  useEffect(() => {
    if (!isShown) return;
    window.scrollTo(0, 0);
    answer.current?.focus({ preventScroll: true });
  }, [current, isShown]);

  return (
    <div class="stop" data-pane={isShown ? 'answer' : 'ask'}>
      <TopBar agency={agency} identity={identity} session={session} />
      <Offline />
      <div class="pane-ask" key={generation}>
        <WhyForm why={why} onChange={(change) => stop.say(change)} />
        <AskForm onAsk={ask} />
      </div>
      <main class="pane-answer" ref={answer} tabIndex={-1} aria-label="Answer">
        {current ? (
          <>
            <Tabs lookups={lookups} current={current} onChoose={(lookup) => stop.choose(lookup)} />
            <LookupView lookup={current} identity={identity} session={session} stop={stop} onAsk={ask} onWhy={() => setAsking(true)} />
          </>
        ) : (
          <p class="empty">Nothing asked yet.</p>
        )}
      </main>
      <nav class="actions" aria-label="Stop">
        {isShown ? (
          <button type="button" class="primary" onClick={() => setAsking(true)}>
            <Icon name="search" /> New check
          </button>
        ) : (
          current && (
            <button type="button" onClick={() => setAsking(false)}>
              Back to the answer
            </button>
          )
        )}
        {current && (
          <button type="button" onClick={end}>
            <Icon name="end" /> End stop
          </button>
        )}
      </nav>
    </div>
  );
}
