/** A session of the demo issuer: a role in place of a sign-in. */

import type { Demo } from '../config.ts';
import type { Identity, Session } from './session.ts';

const RENEW_BEFORE_MS = 60_000;

interface TokenResponse {
  token: string;
  expiresIn: number;
  name: string;
}

export class DemoSession implements Session {
  readonly #demo: Demo;
  readonly #callbacks = new Set<() => void>();
  #identity: Identity | null = null;
  #token = '';
  #expiresAt = 0;

  constructor(demo: Demo) {
    this.#demo = demo;
  }

  identity(): Identity | null {
    return this.#identity;
  }

  async bearer(): Promise<string> {
    if (performance.now() > this.#expiresAt - RENEW_BEFORE_MS) await this.renew();
    return this.#token;
  }

  async signIn(role: string | null): Promise<void> {
    await this.#request(role ?? this.#demo.roles[0]!.role, 1);
  }

  async renew(): Promise<void> {
    const { role, assurance } = this.#signedIn();
    await this.#request(role!, assurance);
  }

  async stepUp(): Promise<void> {
    await this.#request(this.#signedIn().role!, 2);
  }

  signOut(): void {
    this.#token = '';
    this.#expiresAt = 0;
    this.#change(null);
  }

  onChange(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  #signedIn(): Identity {
    if (!this.#identity) throw new Error('Nobody is signed in.');
    return this.#identity;
  }

  async #request(role: string, assurance: 1 | 2): Promise<void> {
    const response = await fetch(this.#demo.tokenUrl, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ role, aal: assurance }),
      cache: 'no-store',
      credentials: 'omit',
    });
    if (!response.ok) throw new Error(`The demo issuer responded with ${response.status}.`);
    const { token, expiresIn, name } = (await response.json()) as TokenResponse;
    this.#token = token;
    this.#expiresAt = performance.now() + expiresIn * 1000;
    this.#change({ name, role, assurance });
  }

  #change(identity: Identity | null): void {
    const { name, role, assurance } = this.#identity ?? {};
    this.#identity = identity;
    if (name === identity?.name && role === identity?.role && assurance === identity?.assurance) return;
    this.#callbacks.forEach((callback) => callback());
  }
}
