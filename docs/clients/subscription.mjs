/**
 * graphql-sse 2: the events of a subscription.
 *
 * Each event is a whole reply, which takes the place of the one before. If the stream ends, for whatever cause, the record
 * is no longer watched, and the screen says so. `retryAttempts: 0`: by default it would begin again by itself.
 */
import { createClient } from 'graphql-sse';

export function needtoknow(url, token) {
  const client = createClient({ url, headers: { Authorization: `Bearer ${token}` }, retryAttempts: 0 });
  /**
   * `onEvent` gets `{ data, errors, inquiry }`, and `onEnd` the errors of a refusal or of the connection, if there are any.
   * The function that is returned ends the stream.
   */
  return function watch(operation, onEvent, onEnd) {
    let refusal = [];
    return client.subscribe(operation, {
      next({ data, errors = [], extensions }) {
        if (data === undefined) {
          refusal = errors;
        } else {
          onEvent({ data, errors, inquiry: extensions?.inquiry });
        }
      },
      error(error) {
        errorsOf(error).then(onEnd);
      },
      complete() {
        onEnd(refusal);
      },
    });
  };
}

/** A subscription that is refused at once has a reply of its own, unless a proxy or the network failed. */
async function errorsOf(error) {
  const reply = await error.response?.json().catch(() => null);
  return reply?.errors ?? [error];
}
