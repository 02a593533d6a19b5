/** A session of the agency's issuer. The first sign-in leaves the page; a later one has a window of its own. */

import type { Browser, SignInWindow } from './browser.ts';
import { SessionEnded, SignInFailed } from './failures.ts';
import { receive } from './handover.ts';
import type { Grant, Issuer } from './Issuer.ts';
import { PersonRequired } from './issuerFailure.ts';
import { Listeners } from './listeners.ts';
import { storePending, type PendingSignIn } from './pendingSignIn.ts';
import type { Identity, Session } from './session.ts';
import { Token } from './token.ts';

/** Who the server takes the bearer of a token for. Rejects with SignInFailed if it does not accept the token. */
export type WhoAmI = (token: string) => Promise<Identity>;

export class IssuerSession implements Session {
  #identity: Identity | null = null;
  #token: Token | null = null;
  #refreshToken: string | null = null;
  #subject: string | null = null;
  #refreshing: Promise<void> | null = null;
  #window: AbortController | null = null;

  readonly #issuer: Issuer;
  readonly #whoAmI: WhoAmI;
  readonly #browser: Browser;
  readonly #changed = new Listeners();

  constructor(issuer: Issuer, whoAmI: WhoAmI, browser: Browser) {
    this.#issuer = issuer;
    this.#whoAmI = whoAmI;
    this.#browser = browser;
  }

  identity(): Identity | null {
    return this.#identity;
  }

  async bearer(): Promise<string> {
    if (!this.#token?.isUsable()) await this.#refresh();
    return this.#token!.text;
  }

  /** Leaves the page. `resume` goes on when the page is back. */
  async signIn(): Promise<void> {
    const { url, pending } = await this.#issuer.authorizationUrl({ isStepUp: false });
    storePending(this.#browser, pending);
    this.#browser.leaveFor(url);
  }

  /** Ends the sign-in for which the page was left. */
  async resume(pending: PendingSignIn): Promise<void> {
    await this.#begin(await this.#issuer.redeem(new URLSearchParams(pending.answer), pending));
  }

  async stepUp(): Promise<void> {
    if (!this.#issuer.hasSecondFactor) throw new SignInFailed('The sign-in of this agency has no second factor.');
    await this.#signInByWindow({ isStepUp: true });
    if (this.#identity?.assurance !== 2) {
      throw new SignInFailed('The sign-in service did not ask for a second factor. Tell your administrator.');
    }
  }

  async renew(): Promise<void> {
    await this.#signInByWindow({ isStepUp: false });
  }

  signOut(): void {
    this.#forget();
    // The issuer forgets the person too, or the next one on this device would be signed in as the last.
    this.#issuer.signOutUrl().then(
      (url) => url && this.#browser.leaveFor(url),
      () => undefined,
    );
  }

  onChange(callback: () => void): () => void {
    return this.#changed.add(callback);
  }

  /** The window must open while the browser still sees the click, so before anything is waited for. */
  async #signInByWindow({ isStepUp }: { isStepUp: boolean }): Promise<void> {
    if (!this.#identity) throw new SignInFailed('Sign in first.');
    this.#window?.abort(new SignInFailed('Another sign-in window was opened.'));
    const abort = (this.#window = new AbortController());
    const opened = this.#browser.openWindow();
    if (!opened) throw new SignInFailed('The browser blocked the sign-in window. Allow windows of this site, and try again.');
    const stopWatching = this.#browser.onReturn(() => abandonIfClosed(opened, abort));
    try {
      const { url, pending } = await this.#issuer.authorizationUrl({ isStepUp });
      const answer = receive(pending.state, abort.signal);
      opened.goTo(url);
      const grant = await this.#issuer.redeem(await answer, pending);
      abort.signal.throwIfAborted();
      await this.#continue(grant);
    } catch (error) {
      opened.close();
      throw error;
    } finally {
      stopWatching();
      if (this.#window === abort) this.#window = null;
    }
  }

  /** Another person must not go on with the stop of this one. */
  async #continue(grant: Grant): Promise<void> {
    if (grant.subject !== this.#subject) {
      throw new SignInFailed('Someone else signed in. Sign out first: that ends the stop.');
    }
    await this.#begin(grant);
  }

  async #begin(grant: Grant): Promise<void> {
    const identity = await this.#whoAmI(grant.accessToken);
    this.#store(grant);
    const { name, role, assurance } = this.#identity ?? {};
    this.#identity = identity;
    if (name !== identity.name || role !== identity.role || assurance !== identity.assurance) this.#changed.call();
  }

  #store({ accessToken, lastsS, refreshToken, subject }: Grant): void {
    this.#token = new Token(accessToken, lastsS);
    this.#refreshToken = refreshToken;
    this.#subject = subject ?? this.#subject;
  }

  /** One refresh at a time: an issuer may take a refresh token that is used twice for a stolen one. */
  #refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshOnce().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refreshOnce(): Promise<void> {
    const used = this.#refreshToken;
    if (!used) throw new SessionEnded();
    let grant: Grant;
    try {
      grant = await this.#issuer.refresh(used);
    } catch (error) {
      if (!(error instanceof PersonRequired)) throw error;
      if (this.#refreshToken === used) this.#refreshToken = null;
      throw new SessionEnded();
    }
    // A person may have signed out, or in again, before the answer arrived.
    if (this.#refreshToken !== used) throw new SessionEnded();
    if (grant.subject !== null && grant.subject !== this.#subject) throw new SessionEnded();
    this.#store(grant);
  }

  #forget(): void {
    this.#window?.abort(new SignInFailed('You signed out.'));
    this.#identity = this.#token = this.#refreshToken = this.#subject = null;
    this.#changed.call();
  }
}

function abandonIfClosed(opened: SignInWindow, abort: AbortController): void {
  if (opened.isClosed()) abort.abort(new SignInFailed('The sign-in window was closed before you were signed in.'));
}
