/** The sentences for what can go wrong at the issuer. They are ours: a text of the issuer may be anyone's. */

import * as oauth from 'oauth4webapi';

import { SignInFailed } from './failures.ts';

/** The issuer wants to see the person again before it gives another token. */
export class PersonRequired extends SignInFailed {}

const TELL = 'Try again, or tell your administrator.';

/** The failure behind an error of the library. */
export function failureOf(error: unknown): SignInFailed {
  if (error instanceof SignInFailed) return error;
  if (error instanceof oauth.AuthorizationResponseError) {
    return error.error === 'access_denied'
      ? new SignInFailed('The sign-in was refused or cancelled. Try again.')
      : new SignInFailed(`The sign-in service refused the sign-in${named(error.error)}. ${TELL}`);
  }
  if (error instanceof oauth.ResponseBodyError) {
    return error.error === 'invalid_grant'
      ? new PersonRequired('The sign-in took too long or was used before. Sign in again.')
      : new SignInFailed(`The sign-in service gave no token${named(error.error)}. ${TELL}`);
  }
  if (error instanceof TypeError && !('code' in error)) {
    return new SignInFailed('The sign-in service did not answer. Check the connection and try again.');
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === oauth.JWT_TIMESTAMP_CHECK) {
    return new SignInFailed("This device's clock is off. Set its time to automatic, and sign in again.");
  }
  return new SignInFailed(`The answer of the sign-in service does not fit this sign-in. ${TELL}`);
}

/** An error code of the protocol, if it looks like one. */
function named(code: string): string {
  return /^[a-z_]{1,40}$/.test(code) ? ` (${code})` : '';
}
