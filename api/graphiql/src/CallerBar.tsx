/** The bar above the editor: the caller, the role switch of the demonstration, the codes, and sign-out. */

import type { Send } from './client';
import { CodesButton } from './Codes';
import type { Demo } from './config';
import type { Identity } from './session';

interface Props {
  demo: Demo | null;
  identity: Identity;
  isBusy: boolean;
  send: Send;
  onChange: (role: string, assurance: 1 | 2) => void;
  onSignOut: () => void;
}

export function CallerBar({ demo, identity, isBusy, send, onChange, onSignOut }: Props) {
  const { demoRole, name, details, assurance } = identity;
  const permissions = demo?.roles.find((each) => each.role === demoRole)?.description ?? details;
  return (
    <header className="bar" aria-busy={isBusy}>
      <h1 className="wordmark">
        need<i>to</i>know
      </h1>
      <div className="caller">
        {demo && demoRole && (
          <>
            <label htmlFor="role">Signed in as</label>
            <select
              id="role"
              value={demoRole}
              disabled={isBusy}
              aria-describedby="permissions"
              onChange={(event) => onChange(event.target.value, assurance)}
            >
              {demo.roles.map((each) => (
                <option key={each.role} value={each.role}>
                  {each.role}
                </option>
              ))}
            </select>
          </>
        )}
        <span className="caller-name">{name}</span>
        {demoRole && (
          <label className="switch" title="Sign in with a second factor, at assurance level aal2. With a case number it is a step-up.">
            <input
              type="checkbox"
              role="switch"
              checked={assurance === 2}
              disabled={isBusy}
              onChange={(event) => onChange(demoRole, event.target.checked ? 2 : 1)}
            />
            Second factor (aal2)
          </label>
        )}
      </div>
      <div className="bar-buttons">
        <CodesButton send={send} />
        <button type="button" onClick={onSignOut}>
          Sign out
        </button>
      </div>
      <p className="explanation">
        {demo && <span className="notice">Invented records. Switch roles and run again.</span>}
        <span id="permissions">{permissions}</span>
      </p>
    </header>
  );
}
