/**
 * graphql-sse 2: a reply in parts as server-sent events.
 *
 * `retryAttempts: 0`: by default it sends an operation again if the connection breaks, and each is an inquiry under the
 * officer's name. It gives payloads; `add` of parts.mjs makes a reply of them.
 */
import { createClient } from 'graphql-sse';

import { add, emptyReply } from './parts.mjs';

export function needtoknow(url, token) {
  const client = createClient({ url, headers: { Authorization: `Bearer ${token}` }, retryAttempts: 0 });
  /** The reply after each of its parts. */
  return async function* replies(operation) {
    const reply = emptyReply();
    for await (const payload of client.iterate(operation)) {
      yield add(reply, payload);
    }
    if (!reply.isWhole) {
      throw new Error('The reply broke off: what has not arrived is not checked.');
    }
  };
}
