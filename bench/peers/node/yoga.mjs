// GraphQL Yoga with dataloader: https://the-guild.dev/graphql/yoga-server/docs

import { createServer } from "node:http";

import DataLoader from "dataloader";
import { createSchema, createYoga } from "graphql-yoga";

import { license, ownerLicense, query, resolvers } from "./resolvers.mjs";
import { open, schema } from "./rows.mjs";

const sources = open(process.argv[2]);
const loader = (fetch) => new DataLoader(async (keys) => fetch(keys));
const pairs = (fetch) => loader((keys) => fetch(keys.map((key) => key.split(","))));

const context = () => ({
  personsById: loader(sources.personsById),
  personsByLicense: pairs(sources.personsByLicense),
  vehiclesByOwner: pairs(sources.vehiclesByOwner),
  warrantsByFbi: loader(sources.warrantsByFbi),
  ordersByCarpos: loader(sources.ordersByCarpos),
  partiesByOrder: loader(sources.partiesByOrder),
  subjectsByCii: loader(sources.subjectsByCii),
  cyclesByCii: loader(sources.cyclesByCii),
  chargesByCycle: loader(sources.chargesByCycle),
});

const by = (name, keyOf, empty) => (row, _, loaders) => {
  const key = keyOf(row);
  return key === null ? empty : loaders[name].load(key);
};

const yoga = createYoga({
  schema: createSchema({
    typeDefs: schema,
    resolvers: {
      ...resolvers,
      Query: { ...query(sources), persons: (_, { ids }, loaders) => loaders.personsById.loadMany(ids) },
      Person: {
        ...resolvers.Person,
        vehicles: by("vehiclesByOwner", license, []),
        warrants: by("warrantsByFbi", (row) => row.fbi_number, []),
        protectiveOrders: by("ordersByCarpos", (row) => row.carpos_number, []),
        criminalHistory: by("subjectsByCii", (row) => row.cii_number, null),
      },
      Vehicle: { ...resolvers.Vehicle, owner: by("personsByLicense", ownerLicense, null) },
      ProtectiveOrder: {
        ...resolvers.ProtectiveOrder,
        protectedParties: by("partiesByOrder", (row) => row.number, []),
      },
      CriminalHistory: { ...resolvers.CriminalHistory, cycles: by("cyclesByCii", (row) => row.cii_number, []) },
      Cycle: { ...resolvers.Cycle, charges: by("chargesByCycle", (row) => row.id, []) },
    },
  }),
  context,
  graphiql: false,
  landingPage: false,
  logging: false,
});
const server = createServer(yoga);
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/graphql`));
