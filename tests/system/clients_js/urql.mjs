/** What urql shows while a source is down: with no cache, and with graphcache, read twice. */
import { fetchExchange, gql } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';

import { needtoknow } from './docs/urql.mjs';

const [url, token] = process.argv.slice(2);
const FOUND = gql`
  query @inquiry(purpose: C, reason: INVESTIGATION) {
    searchPersons(by: { name: { surname: "Thornquist" } }) {
      edges { node { id warrants { number } } }
    }
  }
`;

let requests = 0;
const counted = (options) => (operations) => fetchExchange(options)(operations);
globalThis.fetch = ((send) => (...args) => { requests += 1; return send(...args); })(globalThis.fetch);

async function read(client) {
  const { data, error, extensions } = await client.query(FOUND, {}).toPromise();
  return {
    warrants: data?.searchPersons.edges.map(({ node }) => node.warrants) ?? null,
    errors: error?.graphQLErrors.map(({ path, extensions: { code } }) => ({ path, code })) ?? [],
    inquiry: extensions?.inquiry?.id !== undefined,
    requests,
  };
}

const plain = needtoknow(url, token);
const cached = needtoknow(url, token, [cacheExchange({}), counted]);
const first = await read(plain);
const graphcache = [];
for (let number = 0; number < 2; number += 1) {
  const before = requests;
  const { data, error } = await cached.query(FOUND, {}, { requestPolicy: 'cache-first' }).toPromise();
  graphcache.push({
    warrants: data?.searchPersons.edges.map(({ node }) => node.warrants) ?? null,
    codes: error?.graphQLErrors.map(({ extensions: { code } }) => code) ?? [],
    requests: requests - before,
  });
}
console.log(JSON.stringify({ first, graphcache }));
