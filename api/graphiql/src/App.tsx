/** The page: sign-in, then an editor with the caller bar above it. */

import { useEffect, useMemo, useState } from 'react';

import { CallerBar } from './CallerBar';
import { createSend } from './client';
import type { Config, Demo } from './config';
import { Editor } from './Editor';
import { Session, type Identity } from './session';
import { SignIn } from './SignIn';

const SIGNED_OUT = '#signed-out';

export function App({ config }: { config: Config }) {
  const { demo, graphqlUrl } = config;
  const session = useMemo(() => new Session(graphqlUrl, demo), [graphqlUrl, demo]);
  const send = useMemo(() => createSend(graphqlUrl, session), [graphqlUrl, session]);
  // The page opens before its first token has come: a run waits for it.
  const [identity, setIdentity] = useState(() => firstIdentity(demo));
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function signIn(begin: () => Promise<Identity>, failure: string) {
    setBusy(true);
    setProblem(null);
    try {
      setIdentity(await begin());
    } catch (error) {
      setIdentity((before) => (session.isBegun ? before : null));
      setProblem(`${failure} ${(error as Error).message}`);
    } finally {
      setBusy(false);
    }
  }

  function signInAs(role: string, assurance: 1 | 2) {
    void signIn(() => session.signInAs(role, assurance), `Could not sign in as ${role}.`);
  }

  useEffect(() => {
    if (location.hash === SIGNED_OUT) history.replaceState(null, '', location.pathname);
    else if (identity?.demoRole) signInAs(identity.demoRole, 1);
  }, []);

  if (!identity) {
    return (
      <SignIn
        demo={demo}
        isBusy={isBusy}
        problem={problem}
        onRole={(role) => signInAs(role, 1)}
        onToken={(token) => void signIn(() => session.signInWith(token), 'Could not sign in.')}
      />
    );
  }
  return (
    <>
      <CallerBar demo={demo} identity={identity} isBusy={isBusy} send={send} onChange={signInAs} onSignOut={signOut} />
      {problem && <p role="alert">{problem}</p>}
      <Editor config={config} send={send} caller={identity.demoRole ?? identity.name} />
    </>
  );
}

/** The demonstration opens as its first caller, unless somebody has just signed out. */
function firstIdentity(demo: Demo | null): Identity | null {
  if (!demo || location.hash === SIGNED_OUT) return null;
  const { role, name } = demo.roles[0];
  return { demoRole: role, name, details: '', assurance: 1 };
}

/** Reloads, because that clears editors, history, undo and token together. */
function signOut() {
  location.hash = SIGNED_OUT;
  location.reload();
}
