/** A session: who is signed in, and the token of each request. The token is in memory only. */

export type Assurance = 'AAL1' | 'AAL2';

export interface Identity {
  name: string;
  role: string;
  assurance: Assurance;
}

/** One way to sign in. The sentences of its errors are for the person who holds the phone. */
export interface Session {
  /** Who is signed in, or null. */
  identity(): Identity | null;

  /** A token that has not ended. Rejects with SessionEnded if there is none and none can be had without a person. */
  bearer(): Promise<string>;

  /** Signs in. `role` is of the demonstration; an issuer's own page asks who it is, and then this page loads anew. */
  signIn(role?: string): Promise<void>;

  /** Signs the same person in again, with a second factor, in a window of its own. Call it from a click. */
  stepUp(): Promise<void>;

  /** Signs the same person in again, after SessionEnded or a 401, in a window of its own. Call it from a click. */
  renew(): Promise<void>;

  signOut(): void;

  /** Calls back when who is signed in has changed. Returns the function that ends it. */
  onChange(callback: () => void): () => void;
}

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
