/** Opens the session that the configuration asks for. */

import type { Config } from '../config.ts';
import { DemoSession } from './DemoSession.ts';
import type { Session } from './session.ts';

export interface Opening {
  session: Session;
  /** The sentence that says why a sign-in has just failed, or "". */
  problem: string;
}

export async function openSession({ demo, issuer, graphqlUrl }: Config): Promise<Opening> {
  if (demo) return { session: new DemoSession(demo), problem: '' };
  if (!issuer) throw new Error('The configuration has neither a demo nor an issuer.');
  // Its library is loaded only where there is an issuer.
  const { openIssuerSession } = await import('./openIssuerSession.ts');
  return openIssuerSession(issuer, graphqlUrl);
}
