/** The session: one caller's token, in memory only. `DemoSession` has the demo issuer's, `IssuerSession` the agency's. */

export interface Identity {
  name: string;
  /** A demo role; null if the token alone has it. */
  role: string | null;
  /** 2 after a second factor. */
  assurance: 1 | 2;
}

export interface Session {
  identity(): Identity | null;
  /** A token that is still valid, renewed if it ends soon. */
  bearer(): Promise<string>;
  signIn(role: string | null): Promise<void>;
  /** A token anew, after the server refused the last one. The screen stays as it is. */
  renew(): Promise<void>;
  /** A token with a second factor. */
  stepUp(): Promise<void>;
  signOut(): void;
  /** Calls back after each change of the identity; returns what ends that. */
  onChange(callback: () => void): () => void;
}
