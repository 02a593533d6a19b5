// Mercurius with its JIT, and its own loaders: https://mercurius.dev/#/docs/loaders

import Fastify from "fastify";
import mercurius from "mercurius";

import { license, ownerLicense, query, resolvers } from "./resolvers.mjs";
import { open, schema } from "./rows.mjs";

const sources = open(process.argv[2]);

// A loader gets the parent rows. A parent without a key gets the empty result.
const by = (fetch, keyOf, empty) => async (queries) => {
  const keys = queries.map(({ obj }) => keyOf(obj));
  const distinct = [...new Set(keys.filter((key) => key !== null))];
  const results = new Map(distinct.length ? fetch(distinct).map((result, index) => [distinct[index], result]) : []);
  return keys.map((key) => results.get(key) ?? empty);
};
const pairs = (fetch) => (keys) => fetch(keys.map((key) => key.split(",")));

const app = Fastify({ logger: false, bodyLimit: 65_536 });
app.register(mercurius, {
  schema,
  jit: 1,
  resolvers: {
    ...resolvers,
    Query: { ...query(sources), persons: (_, { ids }) => sources.personsById(ids) },
  },
  loaders: {
    Person: {
      vehicles: by(pairs(sources.vehiclesByOwner), license, []),
      warrants: by(sources.warrantsByFbi, (row) => row.fbi_number, []),
      protectiveOrders: by(sources.ordersByCarpos, (row) => row.carpos_number, []),
      criminalHistory: by(sources.subjectsByCii, (row) => row.cii_number, null),
    },
    Vehicle: { owner: by(pairs(sources.personsByLicense), ownerLicense, null) },
    ProtectiveOrder: { protectedParties: by(sources.partiesByOrder, (row) => row.number, []) },
    CriminalHistory: { cycles: by(sources.cyclesByCii, (row) => row.cii_number, []) },
    Cycle: { charges: by(sources.chargesByCycle, (row) => row.id, []) },
  },
});
await app.listen({ host: "127.0.0.1", port: 0 });
console.log(`http://127.0.0.1:${app.server.address().port}/graphql`);
