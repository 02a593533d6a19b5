// GraphQL Yoga with dataloader: https://the-guild.dev/graphql/yoga-server/docs

import { createServer } from "node:http";

import { createSchema, createYoga } from "graphql-yoga";

import { batchedResolvers, loaders } from "./data_loaders.mjs";
import { open, schema } from "./rows.mjs";

const sources = open(process.argv[2]);
const yoga = createYoga({
  schema: createSchema({ typeDefs: schema, resolvers: batchedResolvers(sources) }),
  context: () => loaders(sources, {}),
  graphiql: false,
  landingPage: false,
  logging: false,
});
const server = createServer(yoga);
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/graphql`));
