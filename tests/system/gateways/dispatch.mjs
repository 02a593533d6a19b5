/** A subgraph of computer-aided dispatch: calls for service, which refer to people and vehicles by their keys alone. */
import { createServer } from 'node:http';

import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';

export const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])

  type Query {
    call(number: ID!): Call
    calls: [Call!]!
  }
  type Call @key(fields: "number") {
    number: ID!
    location: String!
    suspect: Person
    vehicle: Vehicle
  }
  type Person @key(fields: "id", resolvable: false) { id: ID }
  type Vehicle @key(fields: "vin", resolvable: false) { vin: ID }
`);

const call = (number, id, vin) => ({ number, location: '4th St / F St', suspect: { id }, vehicle: vin && { vin } });
const calls = [
  call('26-1', 'P0000001', '1HGCR2F88KZ000002'),
  call('26-2', 'P0000008'), // the demonstration investigator
  call('26-3', 'P9999999'), // nobody
  call('26-4', 'Thornquist', 'no VIN'), // not what they should be
  call('26-5', 'P0000003'),
];
const resolvers = { Query: { calls: () => calls, call: (_, { number }) => calls.find((each) => each.number === number) } };

/** Serve the subgraph at a free port of this machine. */
export async function serveDispatch() {
  const schema = buildSubgraphSchema({ typeDefs, resolvers });
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = JSON.parse(Buffer.concat(parts).toString());
    const result = await graphql({ schema, source: body.query, variableValues: body.variables });
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(result));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
