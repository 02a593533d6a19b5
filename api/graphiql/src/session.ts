/** The session: one caller's token, in memory only, renewed before it expires. */

import { post } from './client';
import type { Demo } from './config';

export interface Identity {
  /** The demo role, or null for a pasted token. */
  demoRole: string | null;
  name: string;
  /** Who the caller of a pasted token is, besides their name. */
  details: string;
  assurance: 1 | 2;
}

interface TokenResponse {
  token: string;
  expiresIn: number;
  name: string;
}

interface MeResponse {
  data?: { me: { name: string; user: string; ori: string; role: string; assurance: string } };
  errors?: { message: string }[];
}

const RENEW_BEFORE_MS = 60_000;
const ME = '{ me { name user ori role assurance } }';

export class Session {
  #token: string | null = null;
  #expiresAt = Infinity;
  #identity: Identity | null = null;
  #signingIn: Promise<unknown> = Promise.resolve();
  #abort = new AbortController();

  readonly #graphqlUrl: string;
  readonly #demo: Demo | null;

  constructor(graphqlUrl: string, demo: Demo | null) {
    this.#graphqlUrl = graphqlUrl;
    this.#demo = demo;
  }

  /** Whether anybody has signed in. */
  get isBegun(): boolean {
    return this.#token !== null;
  }

  /** Aborted when another caller signs in, so that no response is shown to the next caller. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  signInAs(demoRole: string, assurance: 1 | 2): Promise<Identity> {
    const identity = this.#beginAs(demoRole, assurance);
    // `bearer` waits for it; who called this has its failure.
    this.#signingIn = identity.catch(() => null);
    return identity;
  }

  async #beginAs(demoRole: string, assurance: 1 | 2): Promise<Identity> {
    const { token, expiresIn, name } = await this.#fetchToken(demoRole, assurance);
    return this.#begin(token, expiresIn, { demoRole, name, details: '', assurance });
  }

  /** Throws with what the server says, if it does not accept the token. */
  async signInWith(token: string): Promise<Identity> {
    const { data, errors } = (await post(this.#graphqlUrl, token, { query: ME })) as MeResponse;
    if (!data) throw new Error(errors?.[0]?.message ?? 'The server did not say who the token is for.');
    const { name, user, ori, role, assurance } = data.me;
    const details = `${role.toLowerCase()} of ${ori}, user ${user}, ${assurance.toLowerCase()}`;
    return this.#begin(token, Infinity, { demoRole: null, name, details, assurance: assurance === 'AAL2' ? 2 : 1 });
  }

  async bearer(): Promise<string> {
    await this.#signingIn;
    const identity = this.#identity;
    if (!identity || !this.#token) throw new Error('Not signed in.');
    if (identity.demoRole && Date.now() > this.#expiresAt - RENEW_BEFORE_MS) {
      const { signal } = this;
      const response = await this.#fetchToken(identity.demoRole, identity.assurance);
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
