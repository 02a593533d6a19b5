/** What each client says of a part that the journal refuses. Prints "first" for each client that has its first part. */
import { gql } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { Client, fetchExchange, gql as urqlGql } from '@urql/core';
import relay from 'relay-runtime';

import { needtoknow as apollo } from './docs/apollo.mjs';
import { needtoknow as sse } from './docs/graphql_sse.mjs';
import { replies } from './docs/parts.mjs';
import { needtoknow as relayed } from './docs/relay.mjs';
import { needtoknow as urql } from './docs/urql.mjs';

const [url, token] = process.argv.slice(2);
const STOP = `query @inquiry(purpose: C, reason: INVESTIGATION) {
  person(id: "P0000001") { id ... @defer(label: "history") { criminalHistory { cycles { arrestedOn } } } }
}`;

/** The codes of errors, and whether a history is there that an officer could read as "none". */
const seen = (data, errors = []) => ({
  codes: errors.map(({ extensions }) => extensions.code),
  isThere: 'criminalHistory' in data.person,
});
const first = () => console.log('first');

const askApollo = (handler) =>
  new Promise((resolve, reject) => {
    let number = 0;
    const next = ({ data, dataState, error, loading }) => {
      if (dataState !== 'empty' && (number += 1) === 1) {
        first();
      }
      if (!loading) {
        resolve(seen(data, error?.errors));
      }
    };
    const client = apollo(url, token, () => {}, [], handler);
    client.watchQuery({ query: gql(STOP) }).subscribe({ next, error: reject });
  });

const askUrql = (client) =>
  new Promise((resolve) => {
    client.query(urqlGql(STOP), {}).subscribe(({ data, error, hasNext }) => {
      if (hasNext) {
        first();
      } else {
        resolve(seen(data, error?.graphQLErrors));
      }
    });
  });

async function askReplies(asked) {
  let last;
  for await (const reply of asked) {
    if (!reply.isWhole) {
      first();
    }
    last = reply;
  }
  return seen(last.data, last.errors);
}

async function askRelay() {
  const { default: query } = await import('./relay/__generated__/partsHistoryQuery.graphql.js');
  const environment = relayed(url, token, () => ({ purpose: 'C', reason: 'INVESTIGATION' }));
  return new Promise((resolve) => {
    let payloads = 0;
    const next = () => {
      if ((payloads += 1) === 1) {
        first();
      }
    };
    const error = ({ source }) => resolve({ codes: source.errors.map(({ extensions }) => extensions.code), isThere: false });
    relay.fetchQuery(environment, query, {}).subscribe({ next, error, complete: () => resolve(null) });
  });
}

const fetchOptions = { headers: { Authorization: `Bearer ${token}` } };
const asked = {
  apollo_older: askApollo(new Defer20220824Handler()),
  apollo_newer: askApollo(new GraphQL17Alpha9Handler()),
  urql: askUrql(urql(url, token)),
  urql_by_default: askUrql(new Client({ url, exchanges: [fetchExchange], preferGetMethod: false, fetchOptions })),
  graphql_sse: askReplies(sse(url, token)({ query: STOP })),
  fetch: askReplies(replies(url, token, { query: STOP })),
  relay: askRelay(),
};
const read = {};
for (const [name, each] of Object.entries(asked)) {
  read[name] = await each;
}
console.log(JSON.stringify(read));
process.exit(0);
