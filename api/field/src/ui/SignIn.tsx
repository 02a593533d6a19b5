/** The sign-in: at the agency's issuer, or as a role of the demonstration. */

import { useState } from 'preact/hooks';

import type { Config } from '../config.ts';
import type { Session } from '../session/session.ts';
import { plain } from '../facts/words.ts';

interface Props {
  config: Config;
  session: Session;
  /** Why nobody is signed in, if a sign-in has just failed. */
  problem: string;
}

export function SignIn({ config: { agency, demo }, session, problem: before }: Props) {
  const [problem, setProblem] = useState(before);

  function signIn(role: string | null): void {
    setProblem('');
    session.signIn(role).catch((error: Error) => setProblem(error.message));
  }

  return (
    <main class="sign-in">
      <h1>
        need<i>to</i>know <small>{agency ?? 'field'}</small>
      </h1>
      {problem && (
        <p role="alert" class="problem">
          {problem}
        </p>
      )}
      {demo ? (
        <>
          <p>Demonstration with invented records. Sign in as:</p>
          <ul>
            {demo.roles.map(({ role, name }) => (
              <li key={role}>
                <button type="button" onClick={() => signIn(role)}>
                  <b>{plain(role)}</b>
                  <span>{name}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <button type="button" class="primary" onClick={() => signIn(null)}>
          Sign in
        </button>
      )}
    </main>
  );
}
