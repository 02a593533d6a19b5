// Loaders with the package dataloader, and the resolvers that use them: https://github.com/graphql/dataloader

import DataLoader from "dataloader";

import { license, ownerLicense, query, resolvers } from "./resolvers.mjs";

// New loaders for each request. The trail of its scope, if it has one, reads the rows too.
export const loaders = (sources, scope) => {
  const loader = (fetch) => new DataLoader(async (keys) => fetch(keys, scope.trail));
  const pairs = (fetch) => loader((keys, trail) => fetch(keys.map((key) => key.split(",")), trail));
  return {
    personsById: loader(sources.personsById),
    personsByLicense: pairs(sources.personsByLicense),
    vehiclesByOwner: pairs(sources.vehiclesByOwner),
    warrantsByFbi: loader(sources.warrantsByFbi),
    ordersByCarpos: loader(sources.ordersByCarpos),
    partiesByOrder: loader(sources.partiesByOrder),
    subjectsByCii: loader(sources.subjectsByCii),
    cyclesByCii: loader(sources.cyclesByCii),
    chargesByCycle: loader(sources.chargesByCycle),
  };
};

const by = (name, keyOf, empty) => (row, _, context) => {
  const key = keyOf(row);
  return key === null ? empty : context[name].load(key);
};

export const batchedResolvers = (sources) => ({
  ...resolvers,
  Query: { ...query(sources), persons: (_, { ids }, context) => context.personsById.loadMany(ids) },
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
});
