/**
 * The page at the redirect URI. It takes the issuer's answer out of its address before it does anything else, and leads
 * nowhere but to the app: nothing in the answer is an address.
 */

import { BROWSER } from './browser.ts';
import { handOver } from './handover.ts';
import { readPending, storePending } from './pendingSignIn.ts';

export const APP_PATH = '/field';
export const CALLBACK_PATH = `${APP_PATH}/callback`;

const WAITING = 'This sign-in goes to the page that asked for it. If there is none, open the app and sign in there.';
const TAKEN = 'You are signed in. Close this window to go back.';

/** Takes the answer to where it belongs: to this tab's own sign-in, or to the page that opened this window. */
export function takeAnswer(root: HTMLElement): void {
  const answer = new URLSearchParams(location.search);
  history.replaceState(null, '', APP_PATH);
  const pending = readPending(BROWSER);
  if (pending !== null && pending.state === answer.get('state')) {
    storePending(BROWSER, { ...pending, answer: answer.toString() });
    location.replace(APP_PATH);
  } else if (answer.has('state')) {
    show(root, WAITING);
    handOver(answer, () => {
      show(root, TAKEN);
      window.close();
    });
  } else {
    // After a sign-out at the issuer.
    location.replace(APP_PATH);
  }
}

function show(root: HTMLElement, text: string): void {
  const paragraph = Object.assign(document.createElement('p'), { textContent: text });
  const button = Object.assign(document.createElement('button'), { className: 'primary', textContent: 'Open the app' });
  button.addEventListener('click', () => location.replace(APP_PATH));
  const main = Object.assign(document.createElement('main'), { className: 'sign-in' });
  main.append(paragraph, button);
  root.replaceChildren(main);
}
