/** Clears all responses on the page when the caller changes. Renders nothing. */

import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useRef } from 'react';

export function ResponseReset({ caller }: { caller: string }) {
  const { stop, moveTab, updateActiveTabValues } = useGraphiQLActions();
  const { tabs, activeTabIndex, responseEditor } = useGraphiQL(pick('tabs', 'activeTabIndex', 'responseEditor'));
  const previous = useRef(caller);

  useEffect(() => {
    if (previous.current === caller) return;
    previous.current = caller;
    stop();
    // GraphiQL has no action that changes inactive tabs, but moveTab takes a list of tabs and replaces all of them.
    moveTab(tabs.map((tab, index) => (index === activeTabIndex ? tab : { ...tab, response: null })));
    updateActiveTabValues({ response: null });
    responseEditor?.setValue('');
  });
  return null;
}
