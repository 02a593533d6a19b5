/** The app: the sign-in, or the stop of the officer who has signed in. */

import { useEffect, useMemo } from 'preact/hooks';

import { createAsker } from '../asking/client.ts';
import type { Config } from '../config.ts';
import type { Session } from '../session/session.ts';
import { Stop } from '../stop/stop.ts';
import { SignIn } from './SignIn.tsx';
import { StopScreen } from './StopScreen.tsx';
import { useStore } from './useStore.ts';

interface Props {
  config: Config;
  session: Session;
  /** Why nobody is signed in, if a sign-in has just failed. */
  problem: string;
}

export function App({ config, session, problem }: Props) {
  const identity = useStore(session).identity();
  const caller = identity && `${identity.role} ${identity.name}`;

  // Each officer has a stop of their own: what one asked is never shown to the next one.
  const stop = useMemo(() => new Stop(createAsker(config.graphqlUrl, session)), [caller]);
  useEffect(() => () => stop.end(), [stop]);

  if (!identity) return <SignIn config={config} session={session} problem={problem} />;
  return (
    <StopScreen
      key={caller}
      isDemo={config.demo !== null}
      agency={config.agency}
      identity={identity}
      session={session}
      stop={stop}
    />
  );
}
