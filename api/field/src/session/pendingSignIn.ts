/** The sign-in for which this page is left, in the storage of its tab until the page is back. No token is ever in it. */

import type { Browser } from './browser.ts';
import { SignInFailed } from './failures.ts';
import type { Pending } from './Issuer.ts';

const KEY = 'needtoknow-sign-in';

export interface PendingSignIn extends Pending {
  /** The issuer's answer, from the callback to the page of the app. */
  answer?: string;
}

/** Throws SignInFailed if this browser keeps nothing for a page. */
export function storePending(browser: Browser, pending: PendingSignIn): void {
  try {
    browser.storage.setItem(KEY, JSON.stringify(pending));
  } catch {
    throw new SignInFailed('This browser keeps nothing for a site, so it cannot come back from the sign-in. Allow it to, and try again.');
  }
}

/** The sign-in that this tab waits for, or null. */
export function readPending(browser: Browser): PendingSignIn | null {
  try {
    return JSON.parse(browser.storage.getItem(KEY) ?? 'null') as PendingSignIn | null;
  } catch {
    return null;
  }
}

/** The same, once. */
export function takePending(browser: Browser): PendingSignIn | null {
  const pending = readPending(browser);
  if (pending !== null) browser.storage.removeItem(KEY);
  return pending;
}
