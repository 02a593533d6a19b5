/** Documents by their ids alone, from the manifests that the real tools wrote: Apollo Client, urql and Relay. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { generatePersistedQueryIdsFromManifest } from '@apollo/persisted-query-lists';
import { fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import relay from 'relay-runtime';

import * as apollo from './docs/apollo.mjs';
import * as layer from './docs/relay.mjs';
import * as urql from './docs/urql.mjs';
import people from './trusted/relay/__generated__/lookup_people.graphql.js';
import next from './trusted/relay/__generated__/lookupNextQuery.graphql.js';
import stop from './trusted/relay/__generated__/lookupStopQuery.graphql.js';

const [url, token] = process.argv.slice(2);
const json = async (file) => JSON.parse(await readFile(`./trusted/${file}`, 'utf-8'));
const id = 'P0000001';

/** What each client sent: the members of its requests. */
const sent = { apollo: [], automatic: [], urql: [], codegen: [], relay: [] };
const send = globalThis.fetch;
let now;
globalThis.fetch = (to, options) => {
  const { query, ...members } = JSON.parse(options.body);
  sent[now].push(query === undefined || query === null ? Object.keys(members) : ['query']);
  return send(to, options);
};

now = 'apollo';
const manifest = await json('documents.json');
const loadManifest = () => Promise.resolve(manifest);
const link = new PersistedQueryLink(generatePersistedQueryIdsFromManifest({ loadManifest }));
const client = apollo.needtoknow(url, token, () => {}, [link]);
const { body: text } = manifest.operations.find(({ name }) => name === 'TrustedStop');
const byApollo = await client.query({ query: gql(text), variables: { id } });

now = 'automatic';
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const automatic = apollo.needtoknow(url, token, () => {}, [new PersistedQueryLink({ sha256 })]);
const own = await automatic.query({ query: gql`query Own { me { role } }` });

now = 'urql';
const persisted = await json('codegen/persisted-documents.json');
const [hash] = Object.entries(persisted).find(([, each]) => each.includes('query TrustedStop'));
const exchange = persistedExchange({
  enforcePersistedQueries: true,
  preferGetForPersistedQueries: false,
  generateHash: () => Promise.resolve(hash),
});
const byUrql = await urql.needtoknow(url, token, [exchange, fetchExchange]).query(text, { id }).toPromise();

now = 'codegen';
const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
const body = JSON.stringify({ documentId: hash, variables: { id } });
const byFetch = await (await fetch(url, { method: 'POST', headers, body })).json();

now = 'relay';
const environment = layer.needtoknow(url, token, () => ({ purpose: 'C', reason: 'TRAFFIC_STOP' }));
const byRelay = await relay.fetchQuery(environment, stop, { id }).toPromise();
const found = await relay.fetchQuery(environment, next, { count: 2 }).toPromise();
const { searchPersons } = environment.lookup(relay.getSingularSelector(people, found)).data;

console.log(
  JSON.stringify({
    apollo: byApollo.data.person.ssn,
    automatic: own.data?.me.role ?? own.error.errors[0].extensions.code,
    urql: byUrql.data.person.ssn,
    codegen: byFetch.data.person.ssn,
    relay: byRelay.person.ssn,
    page: searchPersons.edges.length,
    sent,
  }),
);
