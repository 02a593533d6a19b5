/** The app: the sign-in, or the stop of the officer who has signed in. */

import { useEffect, useState } from 'preact/hooks';

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
}

export function App({ config, session }: Props) {
  const [stop] = useState(() => new Stop(createAsker(config.graphqlUrl, session)));
  const identity = useStore(session).identity();
  const caller = identity && `${identity.role} ${identity.name}`;

  // What one officer asked is never shown to the next one.
  useEffect(() => () => stop.end(), [caller]);

  return identity ? <StopScreen agency={config.agency} identity={identity} session={session} stop={stop} /> : <SignIn config={config} session={session} />;
}
