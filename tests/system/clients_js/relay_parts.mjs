/** What Relay has in its store, with the errors of fields, if fragments are deferred; and if they are not. */
import relay from 'relay-runtime';

import { needtoknow } from './docs/relay.mjs';

const [url, token] = process.argv.slice(2);
const warnings = [];
console.error = (...message) => warnings.push(message.join(' '));

/** The store after one query, and how many payloads came. A trace id is of one request. */
async function stored(name, parts) {
  const { default: query } = await import(`./relay/__generated__/parts${name}Query.graphql.js`);
  const environment = needtoknow(url, token, () => ({ purpose: 'C', reason: 'INVESTIGATION' }));
  let payloads = 0;
  await new Promise((resolve, reject) => {
    const next = () => { payloads += 1; };
    relay.fetchQuery(environment, query, { parts }).subscribe({ next, error: reject, complete: resolve });
  });
  const source = JSON.stringify(environment.getStore().getSource(), (key, value) => (key === 'traceId' ? undefined : value));
  return { payloads, store: JSON.parse(source) };
}

const read = {};
for (const name of ['Stop', 'List', 'Nested', 'Overlap']) {
  read[name] = { parts: await stored(name, true), whole: await stored(name, false) };
}
console.log(JSON.stringify({ read, warnings }));
