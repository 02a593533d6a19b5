/** The strip above GraphiQL: who is asking, as what, and the way out. */

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
      <h1 className="mark">
        need<i>to</i>know
      </h1>
      {demo && <span className="notice">Demonstration: every record is invented</span>}
      <div className="caller">
        {demo && role && (
          <>
            <label htmlFor="role">Signed in as</label>
            <select
              id="role"
              value={role}
              disabled={isBusy}
              aria-describedby="role-knows"
              onChange={(event) => onChange(event.target.value, assurance)}
            >
              {demo.roles.map((each) => (
                <option key={each.role} value={each.role}>
                  {each.role}
                </option>
              ))}
            </select>
            <span className="who">{name}</span>
            <span className="knows" id="role-knows" title={current?.description}>
              {current?.description}
            </span>
            <label className="switch">
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
        {!role && <span className="who">{name}</span>}
        <button type="button" onClick={onSignOut}>
          Sign out
        </button>
      </div>
    </header>
  );
}
