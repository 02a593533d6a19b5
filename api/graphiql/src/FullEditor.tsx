/** The full editor: GraphiQL, with what needtoknow says of a response. Loaded when it is wanted. */

import './workers';
import './fullStyles';

import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { useGraphiQL } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { useMemo } from 'react';

import type { FullEditorProps } from './Editor';
import { createFetcher } from './fetcher';
import { FirstSteps } from './FirstSteps';
import { ResponseReset } from './ResponseReset';
import { ResponseSummary } from './ResponseSummary';
import { SafetyBanner } from './SafetyBanner';
import { memoryStorage } from './storage';
import { TabTransfer } from './TabTransfer';

const PLUGINS = [HISTORY_PLUGIN, explorerPlugin({})];

export function FullEditor({ workspace, newTab, caller, send }: FullEditorProps) {
  const fetcher = useMemo(() => createFetcher(send), [send]);
  const storage = useMemo(memoryStorage, []);
  return (
    <main className="full">
      <GraphiQL
        fetcher={fetcher}
        storage={storage}
        plugins={PLUGINS}
        defaultTabs={workspace.tabs}
        // GraphiQL sets a tab's variables when it becomes active, which the first tab already is.
        initialVariables={workspace.tabs[0]?.variables}
        defaultEditorToolsVisibility="variables"
        isHeadersEditorEnabled={false}
        shouldPersistHeaders={false}
        showPersistHeadersSettings={false}
        schemaDescription
        inputValueDeprecation
      >
        <GraphiQL.Logo>{null}</GraphiQL.Logo>
        <GraphiQL.Footer>
          <About />
        </GraphiQL.Footer>
        <TabTransfer workspace={workspace} newTab={newTab} />
        <ResponseReset caller={caller} />
      </GraphiQL>
    </main>
  );
}

function About() {
  const response = useGraphiQL((state) => state.tabs[state.activeTabIndex]?.response ?? null);
  const isFetching = useGraphiQL((state) => state.isFetching);
  return (
    <>
      {!response && !isFetching && <FirstSteps />}
      <SafetyBanner response={response} />
      <ResponseSummary response={response} />
    </>
  );
}
