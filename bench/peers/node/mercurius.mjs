// Mercurius with its JIT, and its own loaders: https://mercurius.dev/#/docs/loaders

import Fastify from "fastify";
import mercurius from "mercurius";

import { loaders } from "./mercurius_loaders.mjs";
import { query, resolvers } from "./resolvers.mjs";
import { open, schema } from "./rows.mjs";

const sources = open(process.argv[2]);

const app = Fastify({ logger: false, bodyLimit: 65_536 });
app.register(mercurius, {
  schema,
  jit: 1,
  resolvers: {
    ...resolvers,
    Query: { ...query(sources), persons: (_, { ids }) => sources.personsById(ids) },
  },
  loaders: loaders(sources),
});
await app.listen({ host: "127.0.0.1", port: 0 });
console.log(`http://127.0.0.1:${app.server.address().port}/graphql`);
