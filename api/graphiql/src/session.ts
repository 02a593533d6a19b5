/** Who is asking: one token, in memory only, renewed before it expires. */

import type { Demo } from './config';

export interface Identity {
  /** A demo role, or null for a pasted token. */
  role: string | null;
  name: string;
  assurance: 1 | 2;
}

interface TokenReply {
  token: string;
  expiresIn: number;
  name: string;
}

const RENEW_BEFORE_MS = 60_000;

export class Session {
  #token: string | null = null;
  #expiresAt = Infinity;
  #identity: Identity | null = null;
  #ended = new AbortController();

  readonly #demo: Demo | null;

  constructor(demo: Demo | null) {
    this.#demo = demo;
  }

  /** Aborted when another caller signs in: an answer meant for one is never shown to the next. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  async signInAs(role: string, assurance: 1 | 2): Promise<Identity> {
    const reply = await this.#fetchToken(role, assurance);
    return this.#begin(reply.token, reply.expiresIn, { role, name: reply.name, assurance });
  }

  signInWith(token: string): Identity {
    return this.#begin(token, Infinity, { role: null, name: 'Pasted token', assurance: 1 });
  }

  async bearer(): Promise<string> {
    const who = this.#identity;
    if (!who || !this.#token) throw new Error('Not signed in.');
    if (who.role && Date.now() > this.#expiresAt - RENEW_BEFORE_MS) {
      const { ended } = this;
      const reply = await this.#fetchToken(who.role, who.assurance);
      ended.throwIfAborted();
      this.#keep(reply.token, reply.expiresIn);
    }
    return this.#token;
  }

  #begin(token: string, expiresInS: number, identity: Identity): Identity {
    this.#ended.abort(new Error('Another caller signed in before this answer came.'));
    this.#ended = new AbortController();
    this.#keep(token, expiresInS);
    this.#identity = identity;
    return identity;
  }

  #keep(token: string, expiresInS: number): void {
    this.#token = token;
    this.#expiresAt = Date.now() + expiresInS * 1000;
  }

  async #fetchToken(role: string, assurance: 1 | 2): Promise<TokenReply> {
    const reply = await fetch(this.#demo!.tokenUrl, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ role, aal: assurance }),
      cache: 'no-store',
      credentials: 'omit',
    });
    if (!reply.ok) throw new Error(`The demo issuer answered ${reply.status}.`);
    return (await reply.json()) as TokenReply;
  }
}
