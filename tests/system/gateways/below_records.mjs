/** What a client of Hive Gateway gets while a source is down: in one request, in two at once, and with the directive. */
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';

import { gatewayConfig } from './docs/gateway.config.mjs';

const [token] = process.argv.slice(2);
const gateway = createGatewayRuntime({ ...gatewayConfig, logging: false });
const inquiry = { purpose: 'C', reason: 'INVESTIGATION' };
const found = (directive = '') => `query ${directive} {
  records {
    searchPersons(by: { name: { surname: "Thornquist" } }) { edges { node { id warrants { number } } } }
    inquiryStatus { id sources { name status } }
  }
}`;

async function ask(query, extensions) {
  const response = await gateway.fetch('http://gateway/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, extensions }),
  });
  const { data, errors, extensions: received } = await response.json();
  return {
    records: data?.records,
    errors: errors?.map(({ path, extensions: { code } }) => ({ path, code })),
    extensions: Object.keys(received ?? {}),
  };
}

const reply = await ask(found(), { inquiry });
const two = await Promise.all([ask(found(), { inquiry }), ask(found(), { inquiry })]);
const { errors: directive } = await ask(found('@inquiry(purpose: C, reason: INVESTIGATION)'));
const ssn = 'query { records { person(id: "P0000001") { ssn } } }';
const asides = [await ask(ssn, { inquiry }), await ask(ssn, { inquiry, withheld: 'aside' })];
console.log(
  JSON.stringify({
    warrants: reply.records.searchPersons.edges.map(({ node }) => node.warrants),
    down: reply.records.inquiryStatus.sources.filter(({ status }) => status === 'DOWN').map(({ name }) => name),
    errors: reply.errors,
    extensions: reply.extensions,
    inquiries: new Set(two.map(({ records }) => records.inquiryStatus.id)).size,
    directive,
    asides: asides.map(({ errors = [] }) => errors.map(({ code }) => code)),
  }),
);
await gateway.dispose();
