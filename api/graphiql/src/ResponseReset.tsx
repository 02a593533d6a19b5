/** Clears all responses on the page when the caller changes. Renders nothing. */

import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useRef } from 'react';

export function ResponseReset({ caller }: { caller: string }) {
  const { stop, moveTab, updateActiveTabValues } = useGraphiQLActions();
  const { tabs, activeTabIndex, responseEditor } = useGraphiQL(pick('tabs', 'activeTabIndex', 'responseEditor'));
  const previous = useRef(caller);

  useEffect(() => {
    if (previous.current === caller) return;
    stop();
    responseEditor?.setValue('');
    try {
      // GraphiQL has no action that changes inactive tabs, but moveTab takes a list of tabs and replaces all of them.
      moveTab(tabs.map((tab, index) => (index === activeTabIndex ? tab : { ...tab, response: null })));
      previous.current = caller;
    } catch {
      // It looks for its active tab in the list, and may just have made another. The next line renders that.
    }
    updateActiveTabValues({ response: null });
  });
  return null;
}
