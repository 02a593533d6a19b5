/** Takes over the tabs of the plain editor, and fills a new tab. Renders nothing. */

import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useRef } from 'react';

import type { TabText } from './config';
import type { Workspace } from './workspace';

export function TabTransfer({ workspace, newTab }: { workspace: Workspace; newTab: TabText }) {
  const { changeTab, moveTab, updateActiveTabValues } = useGraphiQLActions();
  const { tabs, activeTabIndex, queryEditor, variableEditor, responseEditor } = useGraphiQL(
    pick('tabs', 'activeTabIndex', 'queryEditor', 'variableEditor', 'responseEditor'),
  );
  const isTaken = useRef(false);
  const isReady = queryEditor && variableEditor && responseEditor;

  useEffect(() => {
    if (!isReady || isTaken.current) return;
    isTaken.current = true;
    if (workspace.active === 0 && !workspace.tabs.some(({ response }) => response)) return;
    // A tab that GraphiQL is given has no response, but one in a list of tabs that were moved has. The active tab must stay.
    const responses = workspace.tabs.map(({ response }) => response);
    moveTab(tabs.map((tab, index) => (index === activeTabIndex ? tab : { ...tab, response: responses[index] })));
    updateActiveTabValues({ response: responses[activeTabIndex] });
    changeTab(workspace.active);
  });

  useEffect(() => {
    const tab = tabs[activeTabIndex];
    if (!isReady || tab?.query !== null) return;
    updateActiveTabValues({ ...newTab });
    queryEditor.setValue(newTab.query);
    variableEditor.setValue(newTab.variables);
  });
  return null;
}
