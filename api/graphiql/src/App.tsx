/** The page: sign-in, then GraphiQL with the caller bar above it. */

import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { useEffect, useMemo, useState } from 'react';

import { CallerBar } from './CallerBar';
import type { Config } from './config';
import { createFetcher } from './fetcher';
import { ResponseReset } from './ResponseReset';
import { ResponseSummary } from './ResponseSummary';
import { SafetyBanner } from './SafetyBanner';
import { Session, type Identity } from './session';
import { SignIn } from './SignIn';
import { memoryStorage } from './storage';

const PLUGINS = [HISTORY_PLUGIN, explorerPlugin({})];
const SIGNED_OUT = '#signed-out';

export function App({ config }: { config: Config }) {
  const { demo } = config;
  const session = useMemo(() => new Session(demo), [demo]);
  const fetcher = useMemo(() => createFetcher(config.graphqlUrl, session), [config, session]);
  const storage = useMemo(memoryStorage, []);
  const [identity, setIdentity] = useState<Identity | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function signInAs(role: string, assurance: 1 | 2) {
    setBusy(true);
    try {
      setIdentity(await session.signInAs(role, assurance));
      setProblem(null);
    } catch (error) {
      setProblem(`Could not sign in as ${role}. ${(error as Error).message}`);
    } finally {
      setBusy(false);
    }
  }

  useEffect(() => {
    if (demo && location.hash !== SIGNED_OUT) void signInAs(demo.roles[0].role, 1);
    else history.replaceState(null, '', location.pathname);
  }, []);

  if (!identity) {
    if (isBusy) return null;
    return (
      <SignIn
        demo={demo}
        problem={problem}
        onRole={(role) => void signInAs(role, 1)}
        onToken={(token) => setIdentity(session.signInWith(token))}
      />
    );
  }
  return (
    <>
      <CallerBar
        demo={demo}
        identity={identity}
        isBusy={isBusy}
        onChange={(role, assurance) => void signInAs(role, assurance)}
        onSignOut={signOut}
      />
      {problem && <p role="alert">{problem}</p>}
      <GraphiQL
        fetcher={fetcher}
        storage={storage}
        plugins={PLUGINS}
        defaultTabs={config.tabs}
        // GraphiQL sets a tab's variables when it becomes active, which the first tab already is.
        initialVariables={config.tabs[0]?.variables}
        defaultEditorToolsVisibility="variables"
        isHeadersEditorEnabled={false}
        shouldPersistHeaders={false}
        showPersistHeadersSettings={false}
        schemaDescription
        inputValueDeprecation
      >
        <GraphiQL.Logo>{null}</GraphiQL.Logo>
        <GraphiQL.Footer>
          <SafetyBanner />
          <ResponseSummary />
        </GraphiQL.Footer>
        <ResponseReset caller={identity.role ?? identity.name} />
      </GraphiQL>
    </>
  );
}

/** Reloads, because that clears editors, history, undo and token together. */
function signOut() {
  location.hash = SIGNED_OUT;
  location.reload();
}
