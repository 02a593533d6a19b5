/** A session of the demonstration: its issuer signs in anyone as any demo role. */

import type { DemoConfiguration } from './configuration.ts';
import { Listeners } from './listeners.ts';
import { SignInFailed, type Assurance, type Identity, type Session } from './session.ts';
import { Token } from './token.ts';

export class DemoSession implements Session {
  #identity: Identity | null = null;
  #token: Token | null = null;

  readonly #demo: DemoConfiguration;
  readonly #changed = new Listeners();

  constructor(demo: DemoConfiguration) {
    this.#demo = demo;
  }

  identity(): Identity | null {
    return this.#identity;
  }

  async bearer(): Promise<string> {
    if (!this.#token?.isUsable()) await this.renew();
    return this.#token!.text;
  }

  async signIn(role?: string): Promise<void> {
    if (!role) throw new SignInFailed('Choose a role to sign in.');
    await this.#begin(role, 'AAL1');
  }

  async stepUp(): Promise<void> {
    if (!this.#identity) throw new SignInFailed('Sign in first.');
    await this.#begin(this.#identity.role, 'AAL2');
  }

  async renew(): Promise<void> {
    if (!this.#identity) throw new SignInFailed('Sign in first.');
    await this.#begin(this.#identity.role, this.#identity.assurance);
  }

  signOut(): void {
    this.#identity = this.#token = null;
    this.#changed.call();
  }

  onChange(callback: () => void): () => void {
    return this.#changed.add(callback);
  }

  async #begin(role: string, assurance: Assurance): Promise<void> {
    const before = this.#identity;
    const { token, expiresIn, name } = await this.#fetchToken(role, assurance);
    // The person may have signed out, or in as another, before the answer arrived.
    if (this.#identity !== before) throw new SignInFailed('Someone else signed in meanwhile.');
    this.#token = new Token(token, expiresIn);
    if (before?.role === role && before.assurance === assurance) return;
    this.#identity = { name, role, assurance };
    this.#changed.call();
  }

  async #fetchToken(role: string, assurance: Assurance): Promise<{ token: string; expiresIn: number; name: string }> {
    let response: Response;
    try {
      response = await fetch(this.#demo.tokenUrl, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ role, aal: assurance === 'AAL2' ? 2 : 1 }),
        cache: 'no-store',
        credentials: 'omit',
      });
    } catch {
      throw new SignInFailed('The server did not answer the sign-in. Check the connection and try again.');
    }
    if (!response.ok) throw new SignInFailed(`The server refused the sign-in with ${response.status}.`);
    return (await response.json()) as { token: string; expiresIn: number; name: string };
  }
}
