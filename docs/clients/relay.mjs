/**
 * Relay 21: the environment. In queries, write `@catch` or `@throwOnFieldError`, so that a null with an error is not
 * read as "no record". With `@throwOnFieldError` the compiler types a field with @semanticNonNull as non-null.
 *
 * Relay's generated pagination queries have no @inquiry, so the network layer sends the inquiry in `extensions`.
 * `withheld` is not set to "aside": Relay reads a null without an error as a value.
 *
 * A fragment with `@defer` arrives in a later part. Relay reads the path of an error from the fragment on, and the
 * server sends it from the root on.
 */
import { meros } from 'meros/browser';
import relay from 'relay-runtime';

const { Environment, Network, Observable, RecordSource, Store } = relay;

/** `inquiry` returns `{ purpose, reason, caseNumber, attention }` of what is being done now. */
export function needtoknow(url, token, inquiry) {
  async function ask(request, variables, sink, signal) {
    // relay-compiler with a persistConfig gives a query an id in place of its text: a trusted document.
    const document = request.id ? { id: request.id } : { query: request.text };
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        Accept: 'multipart/mixed; deferSpec=20220824, application/json',
        'Content-Type': 'application/json',
        Authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ ...document, variables, extensions: { inquiry: inquiry() } }),
      signal,
    });
    const parts = await meros(response);
    if (parts === response) {
      sink.next(await response.json());
      return;
    }
    let hasNext = true;
    for await (const { body } of parts) {
      sink.next(payloads(body));
      hasNext = body.hasNext;
    }
    if (hasNext) {
      throw new Error('The reply broke off: what has not arrived is not checked.');
    }
  }
  const network = Network.create((request, variables) =>
    Observable.create((sink) => {
      const leaving = new AbortController();
      ask(request, variables, sink, leaving.signal).then(sink.complete, sink.error);
      return () => leaving.abort();
    }),
  );
  return new Environment({ network, store: new Store(new RecordSource()) });
}

/** What Relay takes of one part. */
function payloads({ data = null, errors, incremental = [], hasNext, extensions }) {
  const fragments = incremental.map((each) => ({
    ...each,
    errors: each.errors?.map((error) => ({ ...error, path: error.path.slice(each.path.length) })),
  }));
  const first = data || errors ? [{ data, errors }] : [];
  return [...first, ...fragments, { data: null, extensions: { ...extensions, is_final: !hasNext } }];
}
