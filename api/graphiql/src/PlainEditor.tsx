/** The plain editor: one page of text fields for phones, slow lines and screen readers. */

import { useEffect, useRef, useState, type Dispatch, type KeyboardEvent, type SetStateAction } from 'react';

import type { Send } from './client';
import type { TabText } from './config';
import type { LoadState } from './Editor';
import { isWide } from './editorChoice';
import { FirstSteps } from './FirstSteps';
import { ResponseSummary } from './ResponseSummary';
import { SafetyBanner } from './SafetyBanner';
import { titleOf, withNewTab, withTab, type Workspace } from './workspace';

interface Props {
  workspace: Workspace;
  newTab: TabText;
  caller: string;
  send: Send;
  load: LoadState;
  onChange: Dispatch<SetStateAction<Workspace>>;
  onTouch: () => void;
  onFullEditor: () => void;
}

const LOAD_TEXTS: Record<LoadState, string> = {
  'not loaded': 'Full editor',
  loading: 'Full editor is loading …',
  ready: 'Full editor',
  failed: 'Full editor did not load: try again',
};

export function PlainEditor({ workspace, newTab, caller, send, load, onChange, onTouch, onFullEditor }: Props) {
  const { tabs, active } = workspace;
  const tab = tabs[active];
  const [isRunning, setRunning] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [arrived, setArrived] = useState(0);
  const runs = useRef(0);
  const section = useRef<HTMLElement>(null);

  // Responses to the previous caller are gone, also those that have not arrived.
  useEffect(() => end(++runs.current), [caller]);

  // On a phone the response is below the question.
  useEffect(() => {
    if (arrived && !isWide()) section.current?.scrollIntoView();
  }, [arrived]);

  function end(run: number) {
    if (run === runs.current) setRunning(false);
  }

  async function run() {
    setProblem(null);
    let variables: unknown;
    try {
      variables = JSON.parse(tab.variables || '{}');
    } catch {
      setProblem('The variables are not JSON: names and texts stand in double quotation marks.');
      return;
    }
    const run = ++runs.current;
    setRunning(true);
    onChange((before) => withTab(before, active, { response: null }));
    let body: unknown;
    try {
      body = await send({ query: tab.query, variables });
    } catch (error) {
      body = { errors: [{ message: (error as Error).message }] };
    }
    if (run !== runs.current) return;
    onChange((before) => withTab(before, active, { response: JSON.stringify(body, null, 2) }));
    setArrived(run);
    end(run);
  }

  function runByKey(event: KeyboardEvent) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !isRunning) void run();
  }

  return (
    <main className="plain" onKeyDownCapture={onTouch} onPointerDownCapture={onTouch} onKeyDown={runByKey}>
      <div className="plain-tools">
        <select
          aria-label="Operation"
          value={active}
          disabled={isRunning}
          onChange={(event) => onChange({ ...workspace, active: Number(event.target.value) })}
        >
          {tabs.map((each, index) => (
            <option key={index} value={index}>
              {titleOf(each)}
            </option>
          ))}
        </select>
        <button type="button" className="run" disabled={isRunning} onClick={() => void run()}>
          {isRunning ? 'Running …' : 'Run'}
        </button>
        <button type="button" disabled={isRunning} onClick={() => onChange(withNewTab(workspace, newTab))}>
          New
        </button>
        <button type="button" className="to-full" disabled={load === 'loading'} onClick={onFullEditor}>
          {LOAD_TEXTS[load]}
        </button>
      </div>
      <div className="plain-question">
        <label>
          Variables
          <TextField value={tab.variables} onChange={(variables) => onChange(withTab(workspace, active, { variables }))} />
        </label>
        <details open={isWide()}>
          <summary>Operation</summary>
          <TextField
            label="Text of the operation"
            value={tab.query}
            onChange={(query) => onChange(withTab(workspace, active, { query }))}
          />
        </details>
      </div>
      <section ref={section} className="plain-response" aria-label="Response" aria-busy={isRunning}>
        {problem && <p role="alert">{problem}</p>}
        {tab.response === null && !isRunning && <FirstSteps />}
        <SafetyBanner response={tab.response} />
        <ResponseSummary response={tab.response} />
        {tab.response && <pre tabIndex={0}>{tab.response}</pre>}
      </section>
    </main>
  );
}

function TextField({ label, value, onChange }: { label?: string; value: string; onChange: (text: string) => void }) {
  return (
    <textarea
      aria-label={label}
      value={value}
      rows={value.trimEnd().split('\n').length}
      spellCheck={false}
      autoCapitalize="none"
      autoComplete="off"
      wrap="off"
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
