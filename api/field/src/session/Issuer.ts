/** The agency's issuer, as OpenID Connect describes it: the code flow with PKCE, for a client without a secret. */

import * as oauth from 'oauth4webapi';

import type { Issuer as Configuration } from '../config.ts';
import { failureOf } from './issuerFailure.ts';

/** What proves that an answer belongs to a question. Nothing in it is about a person. */
export interface Pending {
  state: string;
  nonce: string;
  verifier: string;
}

/** What the issuer gave. `subject` is its id of the person. */
export interface Grant {
  accessToken: string;
  lastsS: number;
  refreshToken: string | null;
  subject: string | null;
}

/** If the issuer does not say how long its token lasts. */
const SHORT_S = 60;
/** Seconds that this device's clock may differ from the issuer's. */
const CLOCK_TOLERANCE_S = 300;

export class Issuer {
  readonly #configuration: Configuration;
  readonly #redirectUri: string;
  readonly #client: oauth.Client;
  #metadata: Promise<oauth.AuthorizationServer> | null = null;

  constructor(configuration: Configuration, redirectUri: string) {
    this.#configuration = configuration;
    this.#redirectUri = redirectUri;
    this.#client = { client_id: configuration.clientId, [oauth.clockTolerance]: CLOCK_TOLERANCE_S };
  }

  get hasSecondFactor(): boolean {
    return this.#configuration.stepUpAcr !== '';
  }

  /** The address at which a person signs in, and what the answer must fit. Rejects with SignInFailed. */
  async authorizationUrl({ isStepUp }: { isStepUp: boolean }): Promise<{ url: string; pending: Pending }> {
    const { authorization_endpoint: endpoint } = await this.#discovered();
    if (!endpoint) throw failureOf(new Error('no authorization endpoint'));
    const pending = {
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
      verifier: oauth.generateRandomCodeVerifier(),
    };
    const url = new URL(endpoint);
    const parameters = {
      response_type: 'code',
      client_id: this.#configuration.clientId,
      redirect_uri: this.#redirectUri,
      scope: this.#configuration.scope,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
      ...(isStepUp ? this.#stepUp() : {}),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return { url: url.href, pending };
  }

  /** The grant for an answer of the authorization endpoint. Rejects with SignInFailed if it does not fit. */
  async redeem(answer: URLSearchParams, { state, nonce, verifier }: Pending): Promise<Grant> {
    const metadata = await this.#discovered();
    try {
      const checked = oauth.validateAuthResponse(metadata, this.#client, answer, state);
      const response = await oauth.authorizationCodeGrantRequest(
        metadata, this.#client, oauth.None(), checked, this.#redirectUri, verifier, this.#options(),
      );
      return grantOf(
        await oauth.processAuthorizationCodeResponse(metadata, this.#client, response, {
          expectedNonce: nonce,
          requireIdToken: true,
        }),
      );
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** A grant without a person. Rejects with SignInFailed, also if the issuer wants to see the person again. */
  async refresh(refreshToken: string): Promise<Grant> {
    const metadata = await this.#discovered();
    try {
      const response = await oauth.refreshTokenGrantRequest(
        metadata, this.#client, oauth.None(), refreshToken, this.#options(),
      );
      const grant = grantOf(await oauth.processRefreshTokenResponse(metadata, this.#client, response));
      return { ...grant, refreshToken: grant.refreshToken ?? refreshToken };
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** The address at which the issuer forgets the person too, if it has one. No token is in it. */
  async signOutUrl(): Promise<string | null> {
    const { end_session_endpoint: endpoint } = await this.#discovered();
    if (!endpoint) return null;
    const url = new URL(endpoint);
    url.searchParams.set('client_id', this.#configuration.clientId);
    url.searchParams.set('post_logout_redirect_uri', this.#redirectUri);
    return url.href;
  }

  /** A claim of the standard is asked for by `acr_values`; another, such as Entra's `acrs`, by a claims request. */
  #stepUp(): Record<string, string> {
    const { stepUpAcr, acrClaim, maxAgeS } = this.#configuration;
    const level: Record<string, string> =
      acrClaim === 'acr'
        ? { acr_values: stepUpAcr }
        : { claims: JSON.stringify({ access_token: { [acrClaim]: { essential: true, value: stepUpAcr } } }) };
    return { ...level, max_age: String(maxAgeS) };
  }

  #discovered(): Promise<oauth.AuthorizationServer> {
    this.#metadata ??= this.#discover().catch((error: unknown) => {
      // The next attempt asks again.
      this.#metadata = null;
      throw failureOf(error);
    });
    return this.#metadata;
  }

  async #discover(): Promise<oauth.AuthorizationServer> {
    const url = new URL(this.#configuration.url);
    const response = await oauth.discoveryRequest(url, { algorithm: 'oidc', ...this.#options() });
    return oauth.processDiscoveryResponse(url, response);
  }

  /** The server lets an issuer have plain http on this machine alone. */
  #options(): { [oauth.allowInsecureRequests]: boolean } {
    return { [oauth.allowInsecureRequests]: this.#configuration.url.startsWith('http:') };
  }
}

function grantOf(response: oauth.TokenEndpointResponse): Grant {
  return {
    accessToken: response.access_token,
    lastsS: response.expires_in ?? SHORT_S,
    refreshToken: response.refresh_token ?? null,
    subject: oauth.getValidatedIdTokenClaims(response)?.sub ?? null,
  };
}
