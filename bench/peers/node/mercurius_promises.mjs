// Mercurius with its JIT and with decisions and journal in its hooks: https://mercurius.dev/#/docs/hooks
// Its plugin for authorization makes a promise of each guarded field; a function around the resolver costs less.
// Its own loaders write each parent row as JSON, to find equal ones; with dataloader a large question costs half as much.

import Fastify from "fastify";
import mercurius from "mercurius";

import { batchedResolvers, loaders } from "./data_loaders.mjs";
import { guardedResolvers, Promises } from "./promises.mjs";
import { INQUIRY, open, schema } from "./rows.mjs";

const [, , folder] = process.argv;
const sources = open(folder);
const promises = new Promises(folder);

const app = Fastify({ logger: false, bodyLimit: 65_536 });
app.addHook("onRequest", (request, reply, done) => {
  request.caller = promises.caller(request.headers.authorization);
  if (request.caller) return done();
  reply.code(401).send({ errors: [{ message: "A valid token is needed." }] });
});
app.register(mercurius, {
  schema: schema + INQUIRY,
  jit: 1,
  resolvers: guardedResolvers(batchedResolvers(sources)),
  context({ caller }) {
    const scope = { caller, trail: null };
    return Object.assign(scope, loaders(sources, scope));
  },
});
await app.ready();
app.graphql.addHook("preExecution", async (typed, document, context, variables) => {
  context.trail = await promises.begin(context.caller, typed, document, undefined, variables);
});
app.graphql.addHook("onResolution", async (execution, context) => promises.end(context.trail, execution));
await app.listen({ host: "127.0.0.1", port: 0 });
console.log(`http://127.0.0.1:${app.server.address().port}/graphql`);
