/** The part of the page's data block that says how to sign in. The server writes it: api/http/field_app.py. */

export interface DemoRole {
  role: string;
  user: string;
  name: string;
  description: string;
}

export interface DemoConfiguration {
  tokenUrl: string;
  roles: DemoRole[];
}

export interface IssuerConfiguration {
  /** The `iss` of its tokens. */
  url: string;
  clientId: string;
  scope: string;
  /** The issuer's name of a sign-in with a second factor, and the claim that has it. */
  stepUpAcr: string;
  acrClaim: string;
  /** Seconds after a sign-in until its second factor no longer counts. */
  maxAgeS: number;
}
