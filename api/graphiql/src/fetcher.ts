/** Carries an operation to the server with the caller's token. Knows nothing of what is in it. */

import type { Fetcher, FetcherParams } from '@graphiql/toolkit';

import type { Session } from './session';

export function createFetcher(url: string, session: Session): Fetcher {
  return async ({ query, variables, operationName }: FetcherParams) => {
    const { ended } = session;
    const token = await session.bearer();
    const reply = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/graphql-response+json, application/json;q=0.9',
        Authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query, variables, operationName: isIn(query, operationName) ? operationName : null }),
      cache: 'no-store',
      credentials: 'omit',
      signal: ended,
    });
    if (!reply.headers.get('Content-Type')?.includes('json')) {
      throw new Error(`The server answered ${reply.status} ${reply.statusText}.`);
    }
    const answer = await reply.json();
    ended.throwIfAborted();
    return answer;
  };
}

/** For a moment after a tab is switched to, GraphiQL still gives the name of the operation in the tab before. */
function isIn(query: string, operationName: string | null | undefined): boolean {
  return new RegExp(`\\b(query|mutation|subscription)\\s+${operationName}\\b`).test(query);
}
