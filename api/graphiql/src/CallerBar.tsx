/** The bar above GraphiQL: the caller, the role switch of the demonstration, and sign-out. */

import type { Demo } from './config';
import type { Identity } from './session';

interface Props {
  demo: Demo | null;
  identity: Identity;
  isBusy: boolean;
  onChange: (role: string, assurance: 1 | 2) => void;
  onSignOut: () => void;
}

export function CallerBar({ demo, identity, isBusy, onChange, onSignOut }: Props) {
  const { role, name, assurance } = identity;
  const current = demo?.roles.find((each) => each.role === role);
  return (
    <header className="bar" aria-busy={isBusy}>
      <h1 className="wordmark">
        need<i>to</i>know
      </h1>
      {demo && <span className="notice">Invented records. Switch roles and run again.</span>}
      <div className="caller">
        {demo && role && (
          <>
            <label htmlFor="role">Signed in as</label>
            <select
              id="role"
              value={role}
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
            <span className="caller-name">{name}</span>
            <span className="permissions" id="permissions" title={current?.description}>
              {current?.description}
            </span>
            <label className="switch" title="Second factor: assurance level 2">
              <input
                type="checkbox"
                role="switch"
                checked={assurance === 2}
                disabled={isBusy}
                onChange={(event) => onChange(role, event.target.checked ? 2 : 1)}
              />
              aal2
            </label>
          </>
        )}
        {!role && <span className="caller-name">{name}</span>}
        <button type="button" onClick={onSignOut}>
          Sign out
        </button>
      </div>
    </header>
  );
}
