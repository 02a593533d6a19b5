/** An issuer, a server and a browser for the tests of sessions. What is tested is real: the library, and our checks. */

import { vi } from 'vitest';

import type { Issuer as Configuration } from '../config.ts';
import type { Browser, SignInWindow } from './browser.ts';
import { handOver } from './handover.ts';
import { Issuer } from './Issuer.ts';
import { IssuerSession } from './IssuerSession.ts';
import { takePending } from './pendingSignIn.ts';
import type { Identity } from './session.ts';

export const ORIGIN = 'https://needtoknow.agency.example';
export const URL_OF_ISSUER = 'https://id.agency.example/realms/agency';
export const CONFIGURATION: Configuration = {
  url: URL_OF_ISSUER,
  clientId: 'field',
  scope: 'openid profile',
  stepUpAcr: 'aal2',
  acrClaim: 'acr',
  maxAgeS: 43_200,
};

/** An issuer that answers `fetch`. A test changes what it says. */
export class FakeIssuer {
  subject = 'u-4417';
  lastsS = 300;
  refreshToken: string | null = null;
  /** Replaces the claims of the ID token, once signed in. */
  claims: Record<string, unknown> = {};
  refusal: string | null = null;
  isDown = false;
  /** The forms of the token requests so far. */
  requests: URLSearchParams[] = [];
  /** The nonce of the last authorization request. */
  nonce = '';
  issued = 0;

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    if (this.isDown) throw new TypeError('Failed to fetch');
    if (String(input).endsWith('/.well-known/openid-configuration')) {
      return Response.json({
        issuer: URL_OF_ISSUER,
        authorization_endpoint: `${URL_OF_ISSUER}/auth`,
        token_endpoint: `${URL_OF_ISSUER}/token`,
        end_session_endpoint: `${URL_OF_ISSUER}/logout`,
        authorization_response_iss_parameter_supported: true,
      });
    }
    this.requests.push(new URLSearchParams(String(init?.body)));
    if (this.refusal) return Response.json({ error: this.refusal }, { status: 400 });
    this.issued += 1;
    return Response.json({
      access_token: `token-${this.issued}`,
      token_type: 'Bearer',
      expires_in: this.lastsS,
      id_token: this.#idToken(),
      ...(this.refreshToken === null ? {} : { refresh_token: this.refreshToken }),
    });
  };

  /** The answer to a sign-in at this address. */
  answer(address: string, changes: Record<string, string> = {}): URLSearchParams {
    const asked = new URL(address).searchParams;
    this.nonce = asked.get('nonce')!;
    return new URLSearchParams({ code: 'code-1', state: asked.get('state')!, iss: URL_OF_ISSUER, ...changes });
  }

  #idToken(): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: URL_OF_ISSUER, aud: 'field', sub: this.subject, iat: now, exp: now + 300, nonce: this.nonce };
    const parts = [{ alg: 'RS256' }, { ...claims, ...this.claims }, 'signature'];
    return parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  }
}

export class FakeWindow implements SignInWindow {
  address = '';
  isGone = false;

  goTo(url: string): void {
    this.address = url;
  }

  close(): void {
    this.isGone = true;
  }

  isClosed(): boolean {
    return this.isGone;
  }
}

export class FakeBrowser implements Browser {
  origin = ORIGIN;
  stored = new Map<string, string>();
  storage = {
    getItem: (key: string) => this.stored.get(key) ?? null,
    setItem: (key: string, value: string) => void this.stored.set(key, value),
    removeItem: (key: string) => void this.stored.delete(key),
  };
  left: string[] = [];
  windows: FakeWindow[] = [];
  isBlocking = false;
  returns = new Set<() => void>();

  openWindow(): SignInWindow | null {
    if (this.isBlocking) return null;
    this.windows.push(new FakeWindow());
    return this.windows.at(-1)!;
  }

  leaveFor(url: string): void {
    this.left.push(url);
  }

  onReturn(callback: () => void): () => void {
    this.returns.add(callback);
    return () => this.returns.delete(callback);
  }
}

export class World {
  issuer = new FakeIssuer();
  browser = new FakeBrowser();
  identity: Identity = { name: 'Sam Lee', role: 'patrol', assurance: 1 };
  /** The tokens that the server was asked about. */
  tokens: string[] = [];
  session: IssuerSession;

  constructor(configuration: Partial<Configuration> = {}) {
    vi.stubGlobal('fetch', this.issuer.fetch);
    const issuer = new Issuer({ ...CONFIGURATION, ...configuration }, `${ORIGIN}/field/callback`);
    this.session = new IssuerSession(issuer, async (token) => (this.tokens.push(token), this.identity), this.browser);
  }

  /** Leaves the page for the issuer and comes back with its answer. */
  async signIn(changes: Record<string, string> = {}): Promise<void> {
    await this.session.signIn();
    const answer = this.issuer.answer(this.browser.left.at(-1)!, changes);
    await this.session.resume({ ...takePending(this.browser)!, answer: answer.toString() });
  }

  /** The address in the newest window, once it has one. */
  async address(): Promise<URL> {
    return vi.waitUntil(() => this.browser.windows.at(-1)?.address).then((address) => new URL(address));
  }

  /** What the person does in the newest window. */
  async signInInWindow(changes: Record<string, string> = {}): Promise<void> {
    const answer = this.issuer.answer((await this.address()).href, changes);
    await new Promise<void>((resolve) => handOver(answer, resolve));
  }
}
