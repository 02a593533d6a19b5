/** The sign-in page, shown until a caller is signed in. */

import { useState, type FormEvent } from 'react';

import type { Demo } from './config';

interface Props {
  demo: Demo | null;
  isBusy: boolean;
  problem: string | null;
  onRole: (role: string) => void;
  onToken: (token: string) => void;
}

export function SignIn({ demo, isBusy, problem, onRole, onToken }: Props) {
  return (
    <main className="sign-in">
      <h1 className="wordmark">
        need<i>to</i>know
      </h1>
      {problem && <p role="alert">{problem}</p>}
      {demo ? <RoleChoice demo={demo} onRole={onRole} /> : <TokenField isBusy={isBusy} onToken={onToken} />}
    </main>
  );
}

function RoleChoice({ demo, onRole }: { demo: Demo; onRole: Props['onRole'] }) {
  return (
    <>
      <p>Demonstration with invented records. Choose a role to sign in:</p>
      <ul className="roles">
        {demo.roles.map(({ role, name, description }) => (
          <li key={role}>
            <button type="button" onClick={() => onRole(role)}>
              <b>{role}</b> <span>{name}</span>
              <small>{description}</small>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function TokenField({ isBusy, onToken }: Pick<Props, 'isBusy' | 'onToken'>) {
  const [token, setToken] = useState('');

  function submit(event: FormEvent) {
    event.preventDefault();
    if (token.trim()) onToken(token.trim());
  }

  return (
    <form onSubmit={submit}>
      <label htmlFor="token">Your access token</label>
      <input
        id="token"
        type="password"
        autoComplete="off"
        spellCheck={false}
        value={token}
        onChange={(event) => setToken(event.target.value)}
      />
      <button type="submit" disabled={isBusy}>
        Sign in
      </button>
      <small>It is kept in this page's memory only, until the page closes.</small>
    </form>
  );
}
