/** Asks the server who it takes the bearer of a token for. It reads no record, so it needs no reason. */

import { FieldWhoAmIDocument } from '../codegen/graphql.ts';
import { SignInFailed } from './failures.ts';
import type { WhoAmI } from './IssuerSession.ts';

interface Answer {
  data?: { me: { name: string; role: string; assurance: string } } | null;
  errors?: { extensions?: { traceId?: string } }[];
}

export function whoAmIAt(graphqlUrl: string): WhoAmI {
  return async (token) => {
    const { data, errors } = await ask(graphqlUrl, token);
    if (data) return { name: data.me.name, role: data.me.role.toLowerCase(), assurance: data.me.assurance === 'AAL2' ? 2 : 1 };
    const trace = errors?.[0]?.extensions?.traceId;
    throw new SignInFailed(
      `The server does not accept this sign-in. Tell your administrator${trace ? `, with the trace id ${trace}` : ''}.`,
    );
  };
}

async function ask(graphqlUrl: string, token: string): Promise<Answer> {
  const { hash } = (FieldWhoAmIDocument as unknown as { __meta__: { hash: string } }).__meta__;
  try {
    const response = await fetch(graphqlUrl, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ documentId: hash }),
      cache: 'no-store',
      credentials: 'omit',
    });
    return (await response.json()) as Answer;
  } catch {
    throw new SignInFailed('The server did not answer. Check the connection and sign in again.');
  }
}
