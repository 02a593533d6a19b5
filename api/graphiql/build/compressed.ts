/** Stores each asset that shrinks a second and a third time beside itself, as brotli and as gzip. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

const SHRINKS = ['.css', '.js', '.ttf'];
const MINIMUM_BYTES = 1024;

export function compressed(folder: string): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    closeBundle() {
      for (const name of readdirSync(folder)) {
        const file = join(folder, name);
        const text = readFileSync(file);
        if (!SHRINKS.includes(extname(name)) || text.length < MINIMUM_BYTES) continue;
        writeFileSync(`${file}.br`, brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }));
        writeFileSync(`${file}.gz`, gzipSync(text, { level: constants.Z_BEST_COMPRESSION }));
      }
    },
  };
}
