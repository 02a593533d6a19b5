/** What Relay reads while a source is down, with @catch and @throwOnFieldError, and a second page of a connection. */
import relay from 'relay-runtime';

import { needtoknow } from './docs/relay.mjs';
import caught from './relay/__generated__/queriesCaughtQuery.graphql.js';
import people from './relay/__generated__/queries_people.graphql.js';
import next from './relay/__generated__/queriesNextQuery.graphql.js';
import thrown from './relay/__generated__/queriesThrownQuery.graphql.js';

const [url, token] = process.argv.slice(2);
const environment = needtoknow(url, token, () => ({ purpose: 'C', reason: 'INVESTIGATION' }));
const read = (query, variables) => relay.fetchQuery(environment, query, variables).toPromise();

const { searchPersons } = await read(caught, {});
let error = null;
try {
  await read(thrown, {});
} catch (raised) {
  error = raised.message;
}

/** The people after a cursor, and all that the connection then holds. */
async function page(cursor) {
  const found = await read(next, { count: 1, cursor });
  const { searchPersons } = environment.lookup(relay.getSingularSelector(people, found)).data;
  return { ids: searchPersons.edges.map(({ node }) => node.id), cursor: searchPersons.pageInfo.endCursor };
}

const first = await page(null);
const second = await page(first.cursor);
console.log(
  JSON.stringify({
    caught: searchPersons.edges.map(({ node }) => node.warrants),
    error,
    pages: [first.ids, second.ids],
  }),
);
