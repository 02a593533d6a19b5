/** What can go wrong with a sign-in. The messages are for the person who holds the phone. */

/** The token has ended, and only the person can get another one. */
export class SessionEnded extends Error {
  override name = 'SessionEnded';

  constructor() {
    super('Your sign-in has ended. Sign in again to go on; nothing on this screen is lost.');
  }
}

/** A sign-in that did not succeed. Its message is a sentence that says what to do. */
export class SignInFailed extends Error {
  override name = 'SignInFailed';
}
