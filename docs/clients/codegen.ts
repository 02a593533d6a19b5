/**
 * graphql-codegen 7, its client preset: `graphql-codegen --config codegen.ts` writes the types of each document in `codegen/`.
 * `needtoknow schema > schema.graphql` writes the file that it reads.
 *
 * A typed document goes through the client of graphql_request.mjs, which keeps data and errors:
 *
 *     const { data, errors } = await client.rawRequest<StopQuery, StopQueryVariables>(STOP.toString(), { plate });
 *
 * `strictScalars`: a scalar without a type is an error, not `unknown`. `Date` is no Date object, because 1990-05-00 is none.
 */
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: './schema.graphql',
  documents: ['./codegen/**/*.ts', '!./codegen/gql/**'],
  generates: {
    './codegen/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        importExtension: '.js',
        useTypeImports: true,
        strictScalars: true,
        scalars: { Date: 'string', DateTime: 'string', Cents: 'number' },
      },
    },
  },
};

export default config;
