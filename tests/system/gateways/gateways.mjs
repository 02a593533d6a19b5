/**
 * What clients of Apollo Gateway and of Hive Gateway get from this API and dispatch together, by question and role:
 * `gateways.mjs records.graphql URL TOKENS`, with the token of each role as JSON.
 */
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';

import { compose } from './compose.mjs';
import { serveDispatch } from './dispatch.mjs';
import { gatewayConfig as apolloConfig, context, passInquiries } from './docs/apollo_gateway.mjs';
import { gatewayConfig as hiveConfig } from './docs/gateway.config.mjs';

const [file, url, tokens] = process.argv.slice(2);
const dispatch = await serveDispatch();
const { supergraphSdl, hints } = compose(file, url, dispatch.url);
const silent = { debug() {}, info() {}, warn() {}, error() {} };

async function post(fetch, url, query, token, extensions) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, extensions }),
  });
  return response.json();
}

/** Both gateways, as functions from a query, a token and the extensions of a request to a reply. */
async function startApollo() {
  const gateway = new ApolloGateway({ ...apolloConfig(supergraphSdl), logger: silent });
  const server = new ApolloServer({ gateway, plugins: [passInquiries], logger: silent });
  const { url } = await startStandaloneServer(server, { context, listen: { host: '127.0.0.1', port: 0 } });
  return { ask: (...asked) => post(fetch, url, ...asked), stop: () => server.stop() };
}

async function startHive() {
  const gateway = createGatewayRuntime({ ...hiveConfig, supergraph: supergraphSdl, logging: false });
  const ask = (...asked) => post(gateway.fetch, 'http://gateway/graphql', ...asked);
  return { ask, stop: () => gateway.dispose() };
}

const inquiry = { purpose: 'C', reason: 'INVESTIGATION' };
const suspect = (number) => `{ call(number: "${number}") { location suspect {
  id name { full } ssn warrants { number } criminalHistory { cycles { charges { code } } }
} vehicle { vin plate owner { id } } } }`;
const questions = {
  one: [suspect('26-1'), { inquiry }],
  own: [suspect('26-2'), { inquiry }],
  absent: [suspect('26-3'), { inquiry }],
  malformed: [suspect('26-4'), { inquiry }],
  without: [suspect('26-1'), {}],
  directive: [suspect('26-1').replace('{', 'query @inquiry(purpose: C, reason: INVESTIGATION) {'), {}],
  all: ['{ calls { number suspect { name { full } } } }', { inquiry }],
  root: ['{ person(id: "P0000001") { id } inquiryStatus { id sources { name status } } }', { inquiry }],
};
const roles = JSON.parse(tokens);

async function answers({ ask, stop }) {
  const found = {};
  for (const [role, token] of Object.entries(roles)) {
    for (const [name, [query, extensions]] of Object.entries(questions)) {
      const { data, errors = [], extensions: more } = await ask(query, token, extensions);
      found[`${name} ${role}`] = {
        data,
        errors: errors.map(({ message, path, extensions }) => ({ message, path: path?.join('.'), code: extensions?.code })),
        inquiries: more?.inquiries,
      };
    }
  }
  const [query, extensions] = questions.all;
  const twice = await Promise.all([1, 2].map(() => ask(query, roles.patrol, extensions)));
  found.twice = { inquiries: twice.flatMap((each) => each.extensions.inquiries) };
  await stop();
  return found;
}

const directives = ['inquiry', 'needToKnow', 'semanticNonNull', 'join__type'];
const kept = directives.filter((name) => new RegExp(`directive @${name}\\b`).test(supergraphSdl));
console.log(JSON.stringify({ hints, kept, apollo: await answers(await startApollo()), hive: await answers(await startHive()) }));
dispatch.close();
