// Mercurius with its JIT, and its own loaders: https://mercurius.dev/#/docs/loaders

import Fastify from "fastify";
import mercurius from "mercurius";

import { license, ownerLicense, query, resolvers } from "./resolvers.mjs";
import { open, schema } from "./rows.mjs";

const sources = open(process.argv[2]);

// A loader is given the parents; those without a key get what stands for nothing.
const by = (fetch, keyOf, nothing) => async (queries) => {
  const keys = queries.map(({ obj }) => keyOf(obj));
  const asked = [...new Set(keys.filter((key) => key !== null))];
  const answers = new Map(asked.length ? fetch(asked).map((answer, place) => [asked[place], answer]) : []);
  return keys.map((key) => answers.get(key) ?? nothing);
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
