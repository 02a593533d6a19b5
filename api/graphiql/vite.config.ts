/** Builds GraphiQL into `dist/`: all assets are on one host, and each build has the same bytes. */

import { fileURLToPath } from 'node:url';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

import { compressed } from './build/compressed.ts';
import { licenses } from './build/licenses.ts';

const notices = licenses();
const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: '/graphql/',
  plugins: [react(), notices.collect(), notices.write('LICENSES.txt'), compressed(file('dist/assets'))],
  resolve: {
    alias: [
      // The module through which GraphiQL and monaco-graphql import all of Monaco.
      { find: /^(monaco-graphql\/esm|\.)\/monaco-editor(\.js)?$/, replacement: file('src/monaco.ts') },
      // The module of "Merge fragments". If GraphiQL moves it, the test of merged fragments fails.
      { find: /^\.\/merge-ast$/, replacement: file('src/mergeFragments.ts') },
    ],
  },
  // A worker is bundled separately, so its packages are collected there.
  worker: { format: 'es', plugins: () => [notices.collect()] },
  build: {
    target: 'es2022',
    // A font as a data: address would need font-src data: in the content security policy.
    assetsInlineLimit: 0,
    // Monaco is one large chunk; it loads after the first paint.
    chunkSizeWarningLimit: 4000,
    // The directive is for React's compiler, which these packages have already been through.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
});
