/** A session of the demo issuer: a role in place of a sign-in. */

import type { Demo } from '../config.ts';
import { SignInFailed } from './failures.ts';
import { Listeners } from './listeners.ts';
import type { Identity, Session } from './session.ts';
import { Token } from './token.ts';

interface TokenResponse {
  token: string;
  expiresIn: number;
  name: string;
}

export class DemoSession implements Session {
  #identity: Identity | null = null;
  #token: Token | null = null;

  readonly #demo: Demo;
  readonly #changed = new Listeners();

  constructor(demo: Demo) {
    this.#demo = demo;
  }

  identity(): Identity | null {
    return this.#identity;
  }

  async bearer(): Promise<string> {
    if (!this.#token?.isUsable()) await this.renew();
    return this.#token!.text;
  }

  async signIn(role: string | null): Promise<void> {
    await this.#begin(role ?? this.#demo.roles[0]!.role, 1);
  }

  async renew(): Promise<void> {
    const { role, assurance } = this.#signedIn();
    await this.#begin(role!, assurance);
  }

  async stepUp(): Promise<void> {
    await this.#begin(this.#signedIn().role!, 2);
  }

  signOut(): void {
    this.#identity = this.#token = null;
    this.#changed.call();
  }

  onChange(callback: () => void): () => void {
    return this.#changed.add(callback);
  }

  #signedIn(): Identity {
    if (!this.#identity) throw new SignInFailed('Nobody is signed in.');
    return this.#identity;
  }

  async #begin(role: string, assurance: 1 | 2): Promise<void> {
    const before = this.#identity;
    const { token, expiresIn, name } = await this.#request(role, assurance);
    // The person may have signed out before the answer arrived.
    if (this.#identity !== before) throw new SignInFailed('The sign-in changed meanwhile. Sign in again.');
    this.#token = new Token(token, expiresIn);
    if (before?.role === role && before.assurance === assurance) return;
    this.#identity = { name, role, assurance };
    this.#changed.call();
  }

  async #request(role: string, assurance: 1 | 2): Promise<TokenResponse> {
    const response = await fetch(this.#demo.tokenUrl, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ role, aal: assurance }),
      cache: 'no-store',
      credentials: 'omit',
    }).catch(() => {
      throw new SignInFailed('The server did not answer. Check the connection and sign in again.');
    });
    if (!response.ok) throw new SignInFailed(`The demo issuer refused with ${response.status}. Reload the page.`);
    return (await response.json()) as TokenResponse;
  }
}
