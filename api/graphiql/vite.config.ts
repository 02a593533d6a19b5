/** How GraphiQL is built into `dist/`: everything it needs, from one host, and the same bytes each time. */

import { fileURLToPath } from 'node:url';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

import { licenses } from './build/licenses.ts';

const notices = licenses();
const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: '/graphql/',
  plugins: [react(), notices.collect(), notices.write('LICENSES.txt')],
  resolve: {
    // The module through which GraphiQL and monaco-graphql take the whole of Monaco.
    alias: [{ find: /^(monaco-graphql\/esm|\.)\/monaco-editor(\.js)?$/, replacement: file('src/monaco.ts') }],
  },
  // A worker is bundled on its own, so its packages are counted there.
  worker: { format: 'es', plugins: () => [notices.collect()] },
  build: {
    target: 'es2022',
    // A font as a data: address would need font-src data: in the content security policy.
    assetsInlineLimit: 0,
    // Monaco is one large piece by nature; it loads after the page has drawn.
    chunkSizeWarningLimit: 4000,
    // The directive speaks to React's compiler, which has been over these packages already.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
});
