/** The tabs that a reader works in: shared by the plain editor and the full one. */

import type { TabText } from './config';

export interface Tab extends TabText {
  response: string | null;
}

export interface Workspace {
  tabs: Tab[];
  active: number;
}

export function workspaceOf(texts: TabText[]): Workspace {
  return { tabs: texts.map((text) => ({ ...text, response: null })), active: 0 };
}

export function withTab(workspace: Workspace, index: number, change: Partial<Tab>): Workspace {
  const tabs = workspace.tabs.map((tab, each) => (each === index ? { ...tab, ...change } : tab));
  return { ...workspace, tabs };
}

/** With one more tab, which is active. */
export function withNewTab({ tabs }: Workspace, text: TabText): Workspace {
  return { tabs: [...tabs, { ...text, response: null }], active: tabs.length };
}

/** Without responses, which were meant for the previous caller. */
export function withoutResponses(workspace: Workspace): Workspace {
  return { ...workspace, tabs: workspace.tabs.map((tab) => ({ ...tab, response: null })) };
}

export function titleOf({ query }: TabText): string {
  return /^\s*(?:query|mutation|subscription)\s+(\w+)/m.exec(query)?.[1] ?? 'Untitled';
}
