/** What Apollo Client ends with if fragments are deferred, in the format of each of its handlers. */
import { gql } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';

import { readings } from './deferred.mjs';
import { needtoknow } from './docs/apollo.mjs';

const [url, token] = process.argv.slice(2);

const readWith = (handler) => (document) => {
  const inquiries = [];
  const states = [];
  const client = needtoknow(url, token, (inquiry) => inquiries.push(inquiry), [], handler);
  return new Promise((resolve, reject) => {
    const next = ({ data, dataState, error, loading }) => {
      states.push(dataState);
      if (!loading) {
        resolve({ data, errors: error?.errors, inquiries, states });
      }
    };
    client.watchQuery({ query: gql(document) }).subscribe({ next, error: reject });
  });
};

const read = {};
for (const Handler of [Defer20220824Handler, GraphQL17Alpha9Handler]) {
  read[Handler.name] = await readings(url, token, readWith(new Handler()));
}
console.log(JSON.stringify(read));
