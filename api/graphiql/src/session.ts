/** The session: one caller's token, in memory only, renewed before it expires. */

import type { Demo } from './config';

export interface Identity {
  /** A demo role, or null for a pasted token. */
  role: string | null;
  name: string;
  assurance: 1 | 2;
}

interface TokenResponse {
  token: string;
  expiresIn: number;
  name: string;
}

const RENEW_BEFORE_MS = 60_000;

export class Session {
  #token: string | null = null;
  #expiresAt = Infinity;
  #identity: Identity | null = null;
  #abort = new AbortController();

  readonly #demo: Demo | null;

  constructor(demo: Demo | null) {
    this.#demo = demo;
  }

  /** Aborted when another caller signs in, so that no response is shown to the next caller. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  async signInAs(role: string, assurance: 1 | 2): Promise<Identity> {
    const response = await this.#fetchToken(role, assurance);
    return this.#begin(response.token, response.expiresIn, { role, name: response.name, assurance });
  }

  signInWith(token: string): Identity {
    return this.#begin(token, Infinity, { role: null, name: 'Pasted token', assurance: 1 });
  }

  async bearer(): Promise<string> {
    const identity = this.#identity;
    if (!identity || !this.#token) throw new Error('Not signed in.');
    if (identity.role && Date.now() > this.#expiresAt - RENEW_BEFORE_MS) {
      const { signal } = this;
      const response = await this.#fetchToken(identity.role, identity.assurance);
      signal.throwIfAborted();
      this.#store(response.token, response.expiresIn);
    }
    return this.#token;
  }

  #begin(token: string, expiresInS: number, identity: Identity): Identity {
    this.#abort.abort(new Error('Another caller signed in before the response arrived.'));
    this.#abort = new AbortController();
    this.#store(token, expiresInS);
    this.#identity = identity;
    return identity;
  }

  #store(token: string, expiresInS: number): void {
    this.#token = token;
    this.#expiresAt = Date.now() + expiresInS * 1000;
  }

  async #fetchToken(role: string, assurance: 1 | 2): Promise<TokenResponse> {
    const response = await fetch(this.#demo!.tokenUrl, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ role, aal: assurance }),
      cache: 'no-store',
      credentials: 'omit',
    });
    if (!response.ok) throw new Error(`The demo issuer responded with ${response.status}.`);
    return (await response.json()) as TokenResponse;
  }
}
