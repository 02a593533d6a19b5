/** Why there is no answer, and the one button that helps. */

import { useEffect, useState } from 'preact/hooks';

import type { Failure } from '../asking/failure.ts';
import { sourceLabel } from '../asking/sources.ts';
import { clock } from '../facts/words.ts';
import type { Session } from '../session/session.ts';
import { RETRIES, type Lookup, type Stop } from '../stop/stop.ts';
import { Icon } from './icons.tsx';
import { sourcesThatCame } from './sourcesThatCame.ts';

interface Props {
  lookup: Lookup;
  failure: Failure;
  session: Session;
  stop: Stop;
  onWhy: () => void;
}

export function FailureNotice({
  lookup,
  failure: { sentence, remedy, retryAfterS, traceId },
  session,
  stop,
  onWhy,
}: Props) {
  const [problem, setProblem] = useState('');
  const isRetried = retryAfterS !== undefined && lookup.retries < RETRIES;
  const silent = lookup.isAskedAgain ? [] : silentSources(lookup);
  const onAgain = (): void => stop.again(lookup);

  function signIn(): void {
    session.renew().then(onAgain, (error: Error) => setProblem(error.message));
  }

  return (
    <section class="failure" role="alert">
      <Icon name="unchecked" />
      <p>
        <b>{sentence}</b> {isRetried && <Countdown key={lookup.retries} seconds={retryAfterS} />}
        {silent.length > 0 && ` Not checked: ${silent.join(', ')}.`}
        {lookup.isAskedAgain && ` What is on the screen is from ${clock(lookup.askedAt)}.`}
        {problem && ` ${problem}`}
        {traceId && <small>For support: trace {traceId}</small>}
      </p>
      {(remedy === 'again' || remedy === 'later') && (
        <button type="button" onClick={onAgain}>
          Ask again now
        </button>
      )}
      {remedy === 'signIn' && (
        <button type="button" onClick={signIn}>
          Sign in again
        </button>
      )}
      {(remedy === 'reason' || remedy === 'change') && (
        <button type="button" onClick={onWhy}>
          Correct it
        </button>
      )}
      {remedy === 'reload' && (
        <button type="button" onClick={() => location.reload()}>
          Reload
        </button>
      )}
    </section>
  );
}

function Countdown({ seconds }: { seconds: number }) {
  const [left, setLeft] = useState(seconds);

  useEffect(() => {
    const timer = setInterval(() => setLeft((before) => Math.max(0, before - 1)), 1000);
    return () => clearInterval(timer);
  }, []);

  return <>The app asks again in {left} s.</>;
}

/** The sources that were still asked when the answer ended. */
function silentSources(lookup: Lookup): string[] {
  const came = sourcesThatCame(lookup);
  const { inquiry } = lookup.answer;
  return (inquiry?.sources ?? [])
    .filter(({ name, status }) => status === 'PENDING' && !came.has(name))
    .map(({ name }) => sourceLabel(name));
}
