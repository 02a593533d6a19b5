/** Builds the field app into `dist/`: all assets are on one host, and each build has the same bytes. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

import { compressed } from '../graphiql/build/compressed.ts';
import { licenses } from '../graphiql/build/licenses.ts';

const notices = licenses();
const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The manifest of the app's documents, which the server executes by their hash. */
const documents: Plugin = {
  name: 'documents',
  generateBundle() {
    const source = readFileSync(file('src/codegen/persisted-documents.json'), 'utf8');
    this.emitFile({ type: 'asset', fileName: 'documents.json', source });
  },
};

export default defineConfig({
  base: '/field/',
  plugins: [notices.collect(), notices.write('LICENSES.txt'), documents, compressed(file('dist/assets'))],
  build: {
    target: 'es2022',
    // An image as a data: address would need img-src data: in the content security policy.
    assetsInlineLimit: 0,
    // The polyfill is for browsers before 2021.
    modulePreload: { polyfill: false },
  },
  // As in the bundle: otherwise urql wants the text of a document, of which the app has the hash alone.
  test: { env: { NODE_ENV: 'production' } },
});
