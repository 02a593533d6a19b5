/** Opens a session of the agency's issuer. If the page was left for a sign-in, it is ended first. */

import type { Issuer as Configuration } from '../config.ts';
import { BROWSER } from './browser.ts';
import { CALLBACK_PATH } from './callback.ts';
import { Issuer } from './Issuer.ts';
import { IssuerSession } from './IssuerSession.ts';
import type { Opening } from './openSession.ts';
import { takePending } from './pendingSignIn.ts';
import { whoAmIAt } from './whoAmI.ts';

export async function openIssuerSession(configuration: Configuration, graphqlUrl: string): Promise<Opening> {
  const issuer = new Issuer(configuration, BROWSER.origin + CALLBACK_PATH);
  const session = new IssuerSession(issuer, whoAmIAt(graphqlUrl), BROWSER);
  const pending = takePending(BROWSER);
  if (pending?.answer === undefined) return { session, problem: '' };
  const problem = await session.resume(pending).then(
    () => '',
    (error: Error) => error.message,
  );
  return { session, problem };
}
