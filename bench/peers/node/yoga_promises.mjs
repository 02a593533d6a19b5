// GraphQL Yoga with dataloader, and with decisions and journal in a plugin:
// https://the-guild.dev/graphql/yoga-server/docs/features/envelop-plugins

import { createServer } from "node:http";

import { GraphQLError } from "graphql";
import { createSchema, createYoga } from "graphql-yoga";

import { batchedResolvers, loaders } from "./data_loaders.mjs";
import { guardedResolvers, Promises } from "./promises.mjs";
import { INQUIRY, open, schema } from "./rows.mjs";

const [, , folder] = process.argv;
const sources = open(folder);
const promises = new Promises(folder);

function authenticated({ request }) {
  const caller = promises.caller(request.headers.get("authorization"));
  if (!caller) throw new GraphQLError("A valid token is needed.", { extensions: { http: { status: 401 } } });
  const scope = { trail: null }; // the context is a copy of what is returned
  return { ...loaders(sources, scope), caller, scope };
}

const journaled = {
  async onExecute({ args: { contextValue: context, schema: typed, document, operationName, variableValues } }) {
    const trail = await promises.begin(context.caller, typed, document, operationName, variableValues);
    context.trail = context.scope.trail = trail;
    return { onExecuteDone: ({ result }) => promises.end(context.trail, result) };
  },
};

const yoga = createYoga({
  schema: createSchema({ typeDefs: schema + INQUIRY, resolvers: guardedResolvers(batchedResolvers(sources)) }),
  context: authenticated,
  plugins: [journaled],
  graphiql: false,
  landingPage: false,
  logging: false,
});
const server = createServer(yoga);
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/graphql`));
