/** The plain editor, which is there at once, and the full one, which replaces it. */

import { useEffect, useRef, useState, type ComponentType } from 'react';

import type { Send } from './client';
import type { Config, TabText } from './config';
import { editorChoice } from './editorChoice';
import { PlainEditor } from './PlainEditor';
import { withoutResponses, workspaceOf, type Workspace } from './workspace';

export interface FullEditorProps {
  workspace: Workspace;
  newTab: TabText;
  /** Another one clears all responses. */
  caller: string;
  send: Send;
}

export type LoadState = 'not loaded' | 'loading' | 'ready' | 'failed';

export function Editor({ config, send, caller }: { config: Config; send: Send; caller: string }) {
  const [workspace, setWorkspace] = useState(() => workspaceOf(config.tabs));
  const [FullEditor, setFullEditor] = useState<ComponentType<FullEditorProps> | null>(null);
  const [load, setLoad] = useState<LoadState>('not loaded');
  const [isFull, setFull] = useState(false);
  const isTouched = useRef(false);

  async function loadFullEditor(isAsked: boolean) {
    setLoad('loading');
    try {
      // With Monaco, which GraphiQL would load only when it is shown, and show nothing meanwhile.
      const [module] = await Promise.all([import('./FullEditor'), import('./monaco')]);
      setFullEditor(() => module.FullEditor);
      setLoad('ready');
      // A page that changes under somebody's hands is worse than a button.
      if (isAsked || !isTouched.current) setFull(true);
    } catch {
      setLoad('failed');
    }
  }

  useEffect(() => {
    const choice = editorChoice();
    if (choice !== 'plain') void loadFullEditor(choice === 'full');
  }, []);

  useEffect(() => setWorkspace(withoutResponses), [caller]);

  if (isFull && FullEditor) {
    return <FullEditor workspace={workspace} newTab={config.newTab} caller={caller} send={send} />;
  }
  return (
    <PlainEditor
      workspace={workspace}
      newTab={config.newTab}
      caller={caller}
      send={send}
      load={load}
      onChange={setWorkspace}
      onTouch={() => (isTouched.current = true)}
      onFullEditor={() => (load === 'ready' ? setFull(true) : void loadFullEditor(true))}
    />
  );
}
