// SQLite files of the Node peers: node:sqlite in the event loop, each statement prepared once, rows by column name.

import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

export const schema = readFileSync(new URL("../schema.graphql", import.meta.url), "utf8");

// The directive and its enumerations, of which the workloads use one value each.
export const INQUIRY = `
directive @inquiry(purpose: PurposeCode!, reason: ReasonCode!, caseNumber: String, attention: String) on QUERY
enum PurposeCode { C }
enum ReasonCode { INVESTIGATION }
`;

const text = readFileSync(new URL("../statements.sql", import.meta.url), "utf8");
const found = text.matchAll(/^-- (\w+) (\w+)\n(.*?);$/gms);
const STATEMENTS = [...found].map(([, name, source, sql]) => ({ name, source, sql }));

export const sourceOf = Object.fromEntries(STATEMENTS.map(({ name, source }) => [name, source]));

// A batch function may be given the trail of its request, which then reads the rows too.
export function open(folder) {
  const files = new Map();
  const prepared = new Map();
  for (const { name, source, sql } of STATEMENTS) {
    if (!files.has(source)) {
      const file = new DatabaseSync(`${folder}/${source}.db`, { readOnly: true });
      // The same cache size as our own connections, in KiB: sources/sqlite/connection.py.
      file.exec("PRAGMA cache_size = -32768");
      files.set(source, file);
    }
    prepared.set(name, files.get(source).prepare(sql));
  }

  const rows = (name, parameters, trail) => {
    const found = prepared.get(name).all(parameters);
    trail?.read(name, found);
    return found;
  };

  // Batch functions: the rows of each key, or its one row.
  const rowsByKey = (name, keyOf) => (keys, trail) => {
    const groups = Map.groupBy(rows(name, { keys: JSON.stringify(keys) }, trail), keyOf);
    return keys.map((key) => groups.get(String(key)) ?? []);
  };
  const rowByKey = (name, keyOf) => (keys, trail) => {
    const byKey = new Map(rows(name, { keys: JSON.stringify(keys) }, trail).map((row) => [keyOf(row), row]));
    return keys.map((key) => byKey.get(String(key)) ?? null);
  };

  return {
    rows,
    personsById: rowByKey("persons_by_id", (row) => row.id),
    personsByLicense: rowByKey("persons_by_license", (row) => `${row.license_state},${row.license_number}`),
    vehiclesByOwner: rowsByKey("vehicles_by_owner", (row) => `${row.owner_license_state},${row.owner_license}`),
    warrantsByFbi: rowsByKey("warrants_by_fbi", (row) => row.subject_fbi),
    ordersByCarpos: rowsByKey("orders_by_carpos", (row) => row.restrained_carpos),
    partiesByOrder: rowsByKey("parties_by_order", (row) => row.order_number),
    subjectsByCii: rowByKey("subjects_by_cii", (row) => row.cii_number),
    cyclesByCii: rowsByKey("cycles_by_cii", (row) => row.cii_number),
    chargesByCycle: rowsByKey("charges_by_cycle", (row) => String(row.cycle)),
  };
}
