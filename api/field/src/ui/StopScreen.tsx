/** The screen of a stop: a pane that asks, a pane that answers, and on a phone the bar that changes between them. */

import { useEffect, useRef, useState } from 'preact/hooks';

import type { Identity, Session } from '../session/session.ts';
import type { Question } from '../stop/questions.ts';
import type { Lookup, Stop } from '../stop/stop.ts';
import { AskForm } from './AskForm.tsx';
import { Examples } from './Examples.tsx';
import { Icon } from './icons.tsx';
import { LookupView } from './LookupView.tsx';
import { Offline } from './Offline.tsx';
import { Tabs } from './Tabs.tsx';
import { TopBar } from './TopBar.tsx';
import { useBackToForm } from './useBackToForm.ts';
import { useStore } from './useStore.ts';
import { WhyForm } from './WhyForm.tsx';

interface Props {
  isDemo: boolean;
  agency: string | null;
  identity: Identity;
  session: Session;
  stop: Stop;
}

export function StopScreen({ isDemo, agency, identity, session, stop }: Props) {
  const { current, lookups, why } = useStore(stop);
  const [isAsking, setAsking] = useState(true);
  const [isFirst, setFirst] = useState(true);
  const [generation, setGeneration] = useState(0);
  const answer = useRef<HTMLElement>(null);
  const isShown = current !== null && !isAsking;
  useBackToForm(isShown, () => setAsking(true));

  function ask(question: Question): void {
    stop.ask(question);
    setAsking(false);
    setFirst(false);
  }

  function choose(lookup: Lookup): void {
    stop.choose(lookup);
    setAsking(false);
  }

  function askAnew(): void {
    setAsking(true);
    requestAnimationFrame(() => document.querySelector<HTMLElement>('.main-field input')?.focus());
  }

  /** Back to the forms, where the reason or the question was not accepted. */
  function correct(): void {
    setAsking(true);
    const field = current?.answer.failure?.remedy === 'reason' ? '.why select' : '.main-field input';
    requestAnimationFrame(() => document.querySelector<HTMLElement>(field)?.focus());
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
      <main>
        <section class="pane-ask" aria-label="Question" key={generation}>
          {isDemo && isFirst && <Examples onAsk={ask} />}
          <WhyForm why={why} onChange={(change) => stop.say(change)} />
          <AskForm onAsk={ask} />
        </section>
        <section class="pane-answer" aria-label="Answer" ref={answer} tabIndex={-1}>
          {current ? (
            <LookupView
              lookup={current}
              identity={identity}
              session={session}
              stop={stop}
              onAsk={ask}
              onWhy={correct}
            />
          ) : (
            <p class="empty">Nothing asked yet.</p>
          )}
        </section>
      </main>
      <nav class="actions" aria-label="This stop">
        {current && <Tabs lookups={lookups} current={isShown ? current : null} onChoose={choose} />}
        {isShown ? (
          <button type="button" class="primary" onClick={askAnew}>
            <Icon name="search" /> New check
          </button>
        ) : (
          current && (
            <button type="button" class="back" onClick={() => setAsking(false)}>
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
