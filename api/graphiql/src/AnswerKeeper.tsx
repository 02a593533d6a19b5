/** Drops every answer on the page when the caller changes. Draws nothing. */

import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useRef } from 'react';

export function AnswerKeeper({ caller }: { caller: string }) {
  const { stop, moveTab, updateActiveTabValues } = useGraphiQLActions();
  const { tabs, activeTabIndex, responseEditor } = useGraphiQL(pick('tabs', 'activeTabIndex', 'responseEditor'));
  const shownTo = useRef(caller);

  useEffect(() => {
    if (shownTo.current === caller) return;
    shownTo.current = caller;
    stop();
    // GraphiQL has no action for tabs other than the active one; "moving" them to where they are is the way in.
    moveTab(tabs.map((tab, index) => (index === activeTabIndex ? tab : { ...tab, response: null })));
    updateActiveTabValues({ response: null });
    responseEditor?.setValue('');
  });
  return null;
}
