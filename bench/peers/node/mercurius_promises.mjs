// Mercurius with its JIT and its loaders, and decisions and journal in its hooks: https://mercurius.dev/#/docs/hooks
// Its plugin for authorization makes a promise of each guarded field; a function around the resolver costs less.

import Fastify from "fastify";
import mercurius from "mercurius";

import { loaders } from "./mercurius_loaders.mjs";
import { guardedResolvers, Promises } from "./promises.mjs";
import { query, resolvers } from "./resolvers.mjs";
import { INQUIRY, open, schema } from "./rows.mjs";

const [, , folder] = process.argv;
const sources = open(folder);
const promises = new Promises(folder);

// A loader decides once for all rows of a batch.
const guardedLoaders = (types) =>
  Object.fromEntries(
    Object.entries(types).map(([type, fields]) => [
      type,
      Object.fromEntries(
        Object.entries(fields).map(([field, load]) => [
          field,
          async (queries, context) => {
            context.trail.require(`${type}.${field}`);
            return load(queries, context);
          },
        ]),
      ),
    ]),
  );

const app = Fastify({ logger: false, bodyLimit: 65_536 });
app.addHook("onRequest", (request, reply, done) => {
  request.caller = promises.caller(request.headers.authorization);
  if (request.caller) return done();
  reply.code(401).send({ errors: [{ message: "A valid token is needed." }] });
});
const all = {
  ...resolvers,
  Query: { ...query(sources), persons: (_, { ids }, { trail }) => sources.personsById(ids, trail) },
};
const batched = loaders(sources);
app.register(mercurius, {
  schema: schema + INQUIRY,
  jit: 1,
  resolvers: guardedResolvers(all, batched),
  loaders: guardedLoaders(batched),
  context: (request) => ({ caller: request.caller, trail: null }),
});
await app.ready();
app.graphql.addHook("preExecution", async (typed, document, context, variables) => {
  context.trail = await promises.begin(context.caller, typed, document, undefined, variables);
});
app.graphql.addHook("onResolution", async (execution, context) => promises.end(context.trail, execution));
await app.listen({ host: "127.0.0.1", port: 0 });
console.log(`http://127.0.0.1:${app.server.address().port}/graphql`);
