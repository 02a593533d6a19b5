/**
 * graphql-codegen 7: `graphql-codegen --config trusted/codegen.ts` also writes `trusted/codegen/persisted-documents.json`.
 *
 * `hashAlgorithm`: other hashes are refused by the server. Send the hash, which is `__meta__.hash` of each document, as
 * `documentId`.
 */
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: './schema.graphql',
  documents: ['./trusted/*.graphql'],
  generates: {
    './trusted/codegen/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
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
