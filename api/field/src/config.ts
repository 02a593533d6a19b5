/** The configuration in the data block of `index.html`, written by the server. */

export interface DemoRole {
  role: string;
  user: string;
  name: string;
  description: string;
}

export interface Demo {
  tokenUrl: string;
  roles: DemoRole[];
}

export interface Issuer {
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

export interface Config {
  graphqlUrl: string;
  agency: string | null;
  demo: Demo | null;
  issuer: Issuer | null;
}

export function readConfig(): Config {
  return JSON.parse(document.getElementById('needtoknow')!.textContent!) as Config;
}
