/** Sends operations to the server with the caller's token. */

import type { Session } from './session';

export interface Operation {
  query: string;
  variables?: unknown;
  operationName?: string | null;
}

export type Send = (operation: Operation) => Promise<unknown>;

export function createSend(url: string, session: Session): Send {
  return async (operation) => {
    // A sign-in that is on its way ends first, and with it the signal of the previous caller.
    const token = await session.bearer();
    const { signal } = session;
    const body = await post(url, token, operation, signal);
    signal.throwIfAborted();
    return body;
  };
}

/** The response's body. Throws if it is not JSON, such as a proxy's page. */
export async function post(url: string, token: string, operation: Operation, signal?: AbortSignal): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/graphql-response+json, application/json;q=0.9',
      Authorization: `Bearer ${token}`,
    },
    body: JSON.stringify(operation),
    cache: 'no-store',
    credentials: 'omit',
    signal,
  });
  if (!response.headers.get('Content-Type')?.includes('json')) {
    throw new Error(`The server responded with ${response.status} ${response.statusText}.`);
  }
  return await response.json();
}
