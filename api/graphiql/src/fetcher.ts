/** Sends operations to the server with the caller's token. */

import type { Fetcher, FetcherParams } from '@graphiql/toolkit';

import type { Session } from './session';

export function createFetcher(url: string, session: Session): Fetcher {
  return async ({ query, variables, operationName }: FetcherParams) => {
    const { signal } = session;
    const token = await session.bearer();
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/graphql-response+json, application/json;q=0.9',
        Authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query, variables, operationName: isIn(query, operationName) ? operationName : null }),
      cache: 'no-store',
      credentials: 'omit',
      signal,
    });
    if (!response.headers.get('Content-Type')?.includes('json')) {
      throw new Error(`The server responded with ${response.status} ${response.statusText}.`);
    }
    const body = await response.json();
    signal.throwIfAborted();
    return body;
  };
}

/** For a moment after the active tab changes, GraphiQL still passes the operation name of the previous tab. */
function isIn(query: string, operationName: string | null | undefined): boolean {
  return new RegExp(`\\b(query|mutation|subscription)\\s+${operationName}\\b`).test(query);
}
