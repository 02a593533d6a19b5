// Token check, decisions by role and journal entries of the Node peers that promise what needtoknow promises.

import { createHash, createHmac, createPublicKey, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

import { createVerifier } from "fast-jwt";
import { getOperationAST, GraphQLError, TypeInfo, valueFromASTUntyped, visit, visitWithTypeInfo } from "graphql";

import { Journal } from "./journal.mjs";
import { sourceOf } from "./rows.mjs";

const read = (url) => JSON.parse(readFileSync(url));
const { guards, statements, records } = read(new URL("../promises.json", import.meta.url));
const SENTENCE = "You are not permitted to see this field.";
const BROKEN = "the operation failed";

// A resolver that runs only if the caller may see its field.
export const guarded = (coordinate, resolve) => (row, args, context, info) => {
  context.trail.require(coordinate);
  return resolve(row, args, context, info);
};

// All resolvers of a type map, each guarded field with its guard.
export const guardedResolvers = (types) => {
  const found = Object.fromEntries(Object.entries(types).map(([type, fields]) => [type, { ...fields }]));
  for (const coordinate of Object.keys(guards)) {
    const [type, field] = coordinate.split(".");
    const fields = (found[type] ??= {});
    fields[field] = guarded(coordinate, fields[field] ?? ((row) => row[field]));
  }
  return found;
};

// The reads of one request, for its release.
class AuditTrail {
  id = randomBytes(16).toString("hex");
  ids = new Set();
  asked = new Set();
  found = new Set();

  constructor(plan, caller, denied) {
    this.plan = plan;
    this.caller = caller;
    this.denied = denied;
  }

  require(coordinate) {
    const denial = this.denied.get(coordinate);
    if (denial)
      throw new GraphQLError(SENTENCE, { extensions: { code: "NEED_TO_KNOW", recordClass: denial.record_class } });
  }

  read(name, rows) {
    this.asked.add(name);
    if (rows.length === 0) return;
    this.found.add(name);
    const column = records[name];
    if (column === undefined) return;
    const prefix = `${sourceOf[name]}/`;
    for (const row of rows) this.ids.add(prefix + row[column]);
  }
}

export class Promises {
  #journal;
  #verify;
  #settings;
  #searchKey;
  #searchKeyId;
  #plans = new WeakMap(); // by parsed document, which the servers cache

  constructor(folder) {
    this.#settings = read(`${folder}/peer.json`);
    this.#journal = new Journal(`${folder}/journal.db`);
    this.#searchKey = Buffer.from(this.#settings.searchKey, "hex");
    this.#searchKeyId = createHmac("sha256", this.#searchKey).update("key id").digest("hex").slice(0, 8);
    this.#verify = createVerifier({
      key: createPublicKey({ key: this.#settings.key, format: "jwk" }).export({ type: "spki", format: "pem" }),
      algorithms: ["ES256"],
      allowedIss: this.#settings.issuer,
      allowedAud: this.#settings.audience,
      requiredClaims: ["exp", "sub", "role", "ori", "acr"],
      cache: true,
      cacheTTL: 60_000,
    });
  }

  // The claims of a valid token, or null.
  caller(authorization) {
    if (!authorization?.startsWith("Bearer ")) return null;
    try {
      return this.#verify(authorization.slice(7));
    } catch {
      return null;
    }
  }

  // Decides, and writes the intent before any statement is sent.
  async begin(caller, schema, document, operationName, variables) {
    const plan = this.#planOf(schema, document, operationName);
    const trail = new AuditTrail(plan, caller, this.#decide(plan, caller));
    await this.#journal.append(this.#entry(trail, "INTENT", this.#named(plan, variables)));
    return trail;
  }

  // Writes the release before a byte leaves.
  async end(trail, result) {
    const { plan, denied, found, asked } = trail;
    const isBroken = result.errors?.some((error) => error.extensions?.code !== "NEED_TO_KNOW");
    const released = isBroken ? undefined : releasedOf(plan, denied, found);
    const outcome = isBroken ? "BROKEN" : released || denied.size === 0 ? "ANSWERED" : "DENIED";
    const recordIds = trail.ids.size ? [...trail.ids] : undefined;
    const sources = statusesOf(plan, asked, found);
    await this.#journal.append(this.#entry(trail, "RELEASE", { outcome, recordIds, released, sources }));
    if (isBroken) throw new Error(BROKEN);
  }

  // Keys in the order of the alphabet, as canonical JSON has them.
  #entry({ id, plan, caller, denied }, kind, said) {
    const { inquiry } = plan;
    return {
      address: "127.0.0.1",
      agency: caller.ori,
      assurance: caller.acr,
      at: `${new Date().toISOString().slice(0, -1)}000+00:00`,
      attention: inquiry.attention,
      case_number: inquiry.caseNumber,
      certified_until: caller.certified_until,
      cleared_on: caller.cleared_on,
      denied: denied.size ? [...denied.values()] : undefined,
      document_sha256: plan.digest,
      employed_on: caller.employed_on,
      fingerprinted_on: caller.fingerprinted_on,
      id,
      kind,
      operation_name: plan.name,
      outcome: said.outcome,
      policy_version: this.#settings.policyVersion,
      purpose: inquiry.purpose,
      reason: inquiry.reason,
      record_ids: said.recordIds,
      released: said.released,
      role: caller.role,
      search_key: said.searched && this.#searchKeyId,
      searched: said.searched,
      sources: said.sources,
      trained_on: caller.trained_on,
      user: caller.sub,
    };
  }

  #planOf(schema, document, operationName) {
    let plan = this.#plans.get(document);
    if (!plan) this.#plans.set(document, (plan = planOf(schema, document, operationName)));
    return plan;
  }

  // The denied fields of an operation, by coordinate.
  #decide(plan, { role, acr }) {
    const key = `${role} ${acr}`;
    let denied = plan.denied.get(key);
    if (!denied) {
      denied = new Map();
      for (const coordinate of plan.guarded) {
        const recordClass = guards[coordinate];
        const { effect, rule } = this.#settings.roles[role]?.[recordClass] ?? { effect: "D", rule: "default-deny" };
        const needs = [];
        if (effect === "S" && !plan.inquiry.caseNumber) needs.push("CASE_NUMBER");
        if (effect === "S" && acr !== "aal2") needs.push("AAL2");
        if (!["A", "S"].includes(effect) || needs.length)
          denied.set(coordinate, { field: coordinate, needs, record_class: recordClass, rule });
      }
      plan.denied.set(key, denied);
    }
    return denied;
  }

  #named({ roots }, variables) {
    const said = {};
    for (const { name, values } of roots) {
      const given = values(variables);
      if (name === "persons") said.recordIds = given.ids.map((id) => `persons/${id}`);
      if (name === "searchPersons") {
        const surname = letters(given.by.name.surname);
        said.searched = [
          this.#hashed("surname", surname),
          this.#hashed("name", `${surname},${letters(given.by.name.given ?? "")}`),
        ];
      }
      if (name === "vehicle") said.searched = [this.#hashed("plate", given.by.plate.number)];
    }
    return said;
  }

  #hashed(kind, term) {
    const digest = createHmac("sha256", this.#searchKey).update(`${kind}\0${term}`).digest();
    return `${kind}=${digest.subarray(0, 9).toString("base64url")}`;
  }
}

const letters = (text) =>
  text
    .normalize("NFD")
    .toUpperCase()
    .replace(/[^A-Z]/g, "");

// Facts of a document, read once: its inquiry, its guarded fields, and the fields that each statement fills.
function planOf(schema, document, operationName) {
  const operation = getOperationAST(document, operationName);
  const directive = operation.directives.find(({ name }) => name.value === "inquiry");
  if (!directive) throw new GraphQLError("An operation on records has an @inquiry.");
  const plan = {
    name: operation.name?.value,
    digest: createHash("sha256").update(document.loc.source.body).digest("hex"),
    inquiry: untyped(directive.arguments)(),
    roots: operation.selectionSet.selections.map((field) => ({
      name: field.name.value,
      values: untyped(field.arguments),
    })),
    guarded: new Set(),
    coordinates: new Map(), // the fields that each statement fills
    released: new Map(),
    denied: new Map(),
  };
  const info = new TypeInfo(schema);
  const path = [];
  const visitor = {
    enter(node) {
      const coordinate = `${info.getParentType().name}.${node.name.value}`;
      const parent = path.at(-1);
      if (coordinate in guards) plan.guarded.add(coordinate);
      if (parent) plan.coordinates.get(parent).add(coordinate);
      const statement = statements[coordinate] ?? parent;
      if (!plan.coordinates.has(statement)) plan.coordinates.set(statement, new Set());
      path.push(statement);
    },
    leave: () => void path.pop(),
  };
  visit(operation, visitWithTypeInfo(info, { Field: visitor }));
  return plan;
}

const untyped = (nodes) => (variables) =>
  Object.fromEntries(nodes.map(({ name, value }) => [name.value, valueFromASTUntyped(value, variables)]));

// The fields that hold something of a record: those of the statements that found a row.
function releasedOf(plan, denied, found) {
  const key = [...found, "|", ...denied.keys()].join();
  let released = plan.released.get(key);
  if (!released) {
    const names = new Set([...found].flatMap((name) => [...plan.coordinates.get(name)]));
    released = [...names].filter((name) => !denied.has(name)).sort();
    plan.released.set(key, released);
  }
  return released.length ? released : undefined;
}

function statusesOf(plan, asked, found) {
  const statuses = new Map();
  for (const name of plan.coordinates.keys()) {
    const source = sourceOf[name];
    const status = found.has(name) ? "OK" : asked.has(name) ? "EMPTY" : "NO_NUMBER";
    if (status === "OK" || !statuses.has(source) || (status === "EMPTY" && statuses.get(source) !== "OK"))
      statuses.set(source, status);
  }
  return [...statuses].map(([name, status]) => ({ name, status }));
}
