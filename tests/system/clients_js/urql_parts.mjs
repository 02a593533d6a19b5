/** What urql ends with if fragments are deferred: as docs/urql.mjs asks, and as urql asks by default. */
import { Client, fetchExchange, gql } from '@urql/core';

import { readings } from './deferred.mjs';
import { needtoknow } from './docs/urql.mjs';

const [url, token] = process.argv.slice(2);
const types = new Set();
globalThis.fetch = ((send) => async (...args) => {
  const response = await send(...args);
  types.add(response.headers.get('Content-Type').split(';')[0]);
  return response;
})(globalThis.fetch);

const readWith = (client) => (document) => {
  const inquiries = [];
  return new Promise((resolve) => {
    client.query(gql(document), {}).subscribe(({ data, error, extensions, hasNext }) => {
      inquiries.push(extensions.inquiry);
      if (!hasNext) {
        resolve({ data, errors: error?.graphQLErrors, inquiries });
      }
    });
  });
};

const byDefault = new Client({
  url,
  exchanges: [fetchExchange],
  preferGetMethod: false,
  fetchOptions: { headers: { Authorization: `Bearer ${token}` } },
});
const read = { multipart: await readings(url, token, readWith(needtoknow(url, token))) };
read.events = await readings(url, token, readWith(byDefault));
console.log(JSON.stringify({ ...read, types: [...types] }));
