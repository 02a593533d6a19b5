/**
 * Hive Gateway 2, first step: `mesh-compose -o supergraph.graphql` composes the schema of the gateway, with the fields of
 * needtoknow below `records`. `needtoknow schema > schema.graphql` writes the file that it reads.
 */
import { createEncapsulateTransform, defineConfig, loadGraphQLHTTPSubgraph } from '@graphql-mesh/compose-cli';

export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadGraphQLHTTPSubgraph('needtoknow', {
        endpoint: process.env.RECORDS_URL ?? 'https://records.example.gov/graphql',
        source: './schema.graphql',
      }),
      transforms: [createEncapsulateTransform({ name: 'records' })],
    },
  ],
});
