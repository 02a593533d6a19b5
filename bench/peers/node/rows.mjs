// The sources of the Node peers: node:sqlite in the event loop, each statement prepared once, rows by column name.

import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

export const schema = readFileSync(new URL("../schema.graphql", import.meta.url), "utf8");

export function open(folder) {
  const text = readFileSync(new URL("../statements.sql", import.meta.url), "utf8");
  const files = new Map();
  const prepared = new Map();
  for (const [, name, source, sql] of text.matchAll(/^-- (\w+) (\w+)\n(.*?);$/gms)) {
    if (!files.has(source)) {
      const file = new DatabaseSync(`${folder}/${source}.db`, { readOnly: true });
      // In KiB, as all here have it: resolvers/reader.py.
      file.exec("PRAGMA cache_size = -32768");
      files.set(source, file);
    }
    prepared.set(name, files.get(source).prepare(sql));
  }

  const rows = (name, given) => prepared.get(name).all(given);

  // What a batch of keys finds: for each its rows, or its one row.
  const many = (name, of) => (keys) => {
    const groups = Map.groupBy(rows(name, { keys: JSON.stringify(keys) }), of);
    return keys.map((key) => groups.get(String(key)) ?? []);
  };
  const one = (name, of) => (keys) => {
    const found = new Map(rows(name, { keys: JSON.stringify(keys) }).map((row) => [of(row), row]));
    return keys.map((key) => found.get(String(key)) ?? null);
  };

  return {
    rows,
    personsById: one("persons_by_id", (row) => row.id),
    personsByLicense: one("persons_by_license", (row) => `${row.license_state},${row.license_number}`),
    vehiclesByOwner: many("vehicles_by_owner", (row) => `${row.owner_license_state},${row.owner_license}`),
    warrantsByFbi: many("warrants_by_fbi", (row) => row.subject_fbi),
    ordersByCarpos: many("orders_by_carpos", (row) => row.restrained_carpos),
    partiesByOrder: many("parties_by_order", (row) => row.order_number),
    subjectsByCii: one("subjects_by_cii", (row) => row.cii_number),
    cyclesByCii: many("cycles_by_cii", (row) => row.cii_number),
    chargesByCycle: many("charges_by_cycle", (row) => String(row.cycle)),
  };
}
