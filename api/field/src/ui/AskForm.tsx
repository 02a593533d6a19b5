/** The question: a plate, a licence, a name, a VIN or a serial number. What was typed stays, to be corrected or typed over. */

import type { ComponentProps } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';

import { ScanPanel } from '../scan/ScanPanel.tsx';
import { licence, name, plate, serial, vin, type Question } from '../stop/questions.ts';
import { Icon } from './icons.tsx';
import { ANY_STATE, STATES } from './states.ts';
import { birthDateOf } from './birthDate.ts';
import { vinOf } from './vin.ts';
import { PRIVATE } from './WhyForm.tsx';

const KINDS = ['Plate', 'Licence', 'Name', 'VIN', 'Serial'] as const;
type Kind = (typeof KINDS)[number];

const LABELS: Record<Kind, string> = {
  Plate: 'Plate',
  Licence: 'Licence number',
  Name: 'Surname',
  VIN: 'VIN',
  Serial: 'Serial number',
};
const HOME = 'CA';
/** States whose licences this server has. */
const CONNECTED = [HOME];

type Read = ComponentProps<typeof ScanPanel>['onScan'] extends (scan: infer S) => void ? S : never;

export function AskForm({ onAsk }: { onAsk: (question: Question) => void }) {
  const [kind, setKind] = useState<Kind>('Plate');
  const [text, setText] = useState('');
  const [state, setState] = useState(HOME);
  const [given, setGiven] = useState('');
  const [birthDate, setBirthDate] = useState('');
  const [problem, setProblem] = useState('');
  const [isScanning, setScanning] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  // An arrow key chooses the next kind, and must not leave the group.
  const isByKeys = useRef(false);
  const id = useId();

  function choose(next: Kind): void {
    setKind(next);
    setText('');
    setState(HOME);
    setProblem('');
    if (!isByKeys.current) first.current?.focus();
  }

  function submit(event: Event): void {
    event.preventDefault();
    try {
      onAsk(questionOf());
    } catch (error) {
      setProblem((error as Error).message);
      first.current?.focus();
      return;
    }
    setProblem('');
  }

  function questionOf(): Question {
    const number = text.trim().toUpperCase();
    if (!number) throw new Error(`Enter the ${LABELS[kind].toLowerCase().replace('vin', 'VIN')}.`);
    switch (kind) {
      case 'Plate':
        return plate(number, state === ANY_STATE ? null : state);
      case 'Licence':
        return licence(number, state === ANY_STATE ? HOME : state);
      case 'VIN':
        return vin(vinOf(number));
      case 'Serial':
        return serial(number);
      case 'Name':
        return name({ surname: text.trim(), given: given.trim() || null, birthDate: birthDateOf(birthDate) });
    }
  }

  function scanned(scan: Read): void {
    setScanning(false);
    onAsk(scan.kind === 'number' ? licence(scan.driverLicense.number, scan.driverLicense.state) : name(scan.name));
  }

  return (
    <form class="ask" onSubmit={submit} autocomplete="off" noValidate>
      <fieldset class="kinds" onKeyDown={() => (isByKeys.current = true)} onPointerDown={() => (isByKeys.current = false)}>
        <legend class="quiet">Check by</legend>
        {KINDS.map((each) => (
          <label key={each}>
            <input type="radio" name="kind" checked={each === kind} onChange={() => choose(each)} />
            <span>{each}</span>
          </label>
        ))}
      </fieldset>
      <div class="fields">
        <label class="main-field">
          {LABELS[kind]}
          <input
            {...PRIVATE}
            enterkeyhint="search"
            ref={first}
            value={text}
            maxLength={64}
            aria-invalid={problem !== ''}
            aria-describedby={`${id}problem`}
            onFocus={(event) => event.currentTarget.select()}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        {(kind === 'Plate' || kind === 'Licence') && (
          <label class="state-field">
            State
            <select value={state} onChange={(event) => setState(event.currentTarget.value)}>
              {kind === 'Plate' && <option value={ANY_STATE}>Any</option>}
              {STATES.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </label>
        )}
        {kind === 'Name' && (
          <>
            <label>
              Given name
              <input
                {...PRIVATE}
                value={given}
                maxLength={64}
                onInput={(event) => setGiven(event.currentTarget.value)}
              />
            </label>
            <label>
              Born
              <input
                {...PRIVATE}
                inputMode="numeric"
                placeholder="MM/DD/YYYY"
                value={birthDate}
                maxLength={10}
                onInput={(event) => setBirthDate(event.currentTarget.value)}
              />
            </label>
          </>
        )}
      </div>
      {kind === 'Licence' && (
        <button type="button" onClick={() => setScanning(true)}>
          <Icon name="scan" /> Scan the licence
        </button>
      )}
      {isScanning && <ScanPanel connected={CONNECTED} onScan={scanned} onClose={() => setScanning(false)} />}
      <p class="problem" id={`${id}problem`} role="alert">
        {problem}
      </p>
      <button type="submit" class="primary">
        <Icon name="search" /> Check {kind === 'VIN' ? 'VIN' : kind.toLowerCase()}
      </button>
    </form>
  );
}
