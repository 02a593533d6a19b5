/** Who is signed in and how surely, the theme, and the sign-out. */

import type { Identity, Session } from '../session/session.ts';
import { plain } from '../facts/words.ts';
import { Icon } from './icons.tsx';
import { changeTheme } from './theme.ts';

interface Props {
  agency: string | null;
  identity: Identity;
  session: Session;
}

export function TopBar({ agency, identity: { name, role, assurance }, session }: Props) {
  return (
    <header class="top">
      <h1>
        need<i>to</i>know
      </h1>
      <p>
        <b>{name}</b>
        <small>{[agency, role && plain(role), assurance === 2 && 'second factor'].filter(Boolean).join(' · ')}</small>
      </p>
      <button type="button" aria-label="Change between dark and light" onClick={changeTheme}>
        <Icon name="theme" />
      </button>
      <button type="button" aria-label="Sign out and end the stop" onClick={() => session.signOut()}>
        <Icon name="leave" />
      </button>
    </header>
  );
}
