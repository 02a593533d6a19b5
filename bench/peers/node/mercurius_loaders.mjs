// Loaders of Mercurius: https://mercurius.dev/#/docs/loaders

import { license, ownerLicense } from "./resolvers.mjs";

// A loader gets the parent rows. A parent without a key gets the empty result.
const by =
  (fetch, keyOf, empty) =>
  async (queries, { trail }) => {
    const keys = queries.map(({ obj }) => keyOf(obj));
    const distinct = [...new Set(keys.filter((key) => key !== null))];
    const results = new Map(
      distinct.length ? fetch(distinct, trail).map((result, index) => [distinct[index], result]) : [],
    );
    return keys.map((key) => results.get(key) ?? empty);
  };
const pairs = (fetch) => (keys, trail) =>
  fetch(
    keys.map((key) => key.split(",")),
    trail,
  );

export const loaders = (sources) => ({
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
});
