/**
 * What clients of Apollo Gateway and of Hive Gateway get from this API and dispatch together, by question and role:
 * `gateways.mjs records.graphql URL TOKENS`, with the token of each role as JSON.
 */
import { ApolloGateway } from '@apollo/gateway';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { parse } from 'graphql';

import { compose } from './compose.mjs';
import { serveDispatch } from './dispatch.mjs';
import { gatewayConfig as apolloConfig } from './docs/apollo_gateway.mjs';
import { gatewayConfig as hiveConfig } from './docs/gateway.config.mjs';

const [file, url, tokens] = process.argv.slice(2);
const dispatch = await serveDispatch();
const { supergraphSdl, hints } = compose(file, url, dispatch.url);
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Both gateways, as functions from a query, a token and the extensions of a request to a reply. */
async function startApollo() {
  const gateway = new ApolloGateway({ ...apolloConfig(supergraphSdl), logger: silent });
  const { schema, executor } = await gateway.load();
  const ask = async (query, token, extensions) => {
    const context = { token: `Bearer ${token}`, extensions, inquiries: [] };
    const request = { document: parse(query), request: { query, extensions }, queryHash: query, schema, context };
    try {
      const { data, errors } = await executor({ ...request, metrics: {}, logger: silent });
      return { data, errors, extensions: { inquiries: context.inquiries } };
    } catch (error) {
      return { errors: [error] };
    }
  };
  return { ask, stop: () => gateway.stop() };
}

async function startHive() {
  const gateway = createGatewayRuntime({ ...hiveConfig, supergraph: supergraphSdl, logging: false });
  const ask = async (query, token, extensions) => {
    const response = await gateway.fetch('http://gateway/graphql', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, extensions }),
    });
    return response.json();
  };
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
  await stop();
  return found;
}

console.log(JSON.stringify({ hints, apollo: await answers(await startApollo()), hive: await answers(await startHive()) }));
dispatch.close();
