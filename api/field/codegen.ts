/**
 * Types of the operations, and the manifest of trusted documents: `npm run codegen` writes them into `src/codegen/`.
 *
 * The bundle has the hash of a document, not its text: the server executes what is in the manifest.
 */
import type { CodegenConfig } from '@graphql-codegen/cli';

const config: CodegenConfig = {
  schema: process.env.SCHEMA ?? '../../schema/schema.graphql',
  documents: ['src/operations/*.graphql'],
  generates: {
    'src/codegen/': {
      preset: 'client',
      presetConfig: {
        fragmentMasking: false,
        persistedDocuments: { hashAlgorithm: 'sha256', mode: 'replaceDocumentWithHash' },
      },
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        scalars: { Date: 'string', DateTime: 'string', Cents: 'number' },
      },
    },
    'src/codegen/words.ts': { plugins: ['./build/words.mjs'] },
  },
};

export default config;
