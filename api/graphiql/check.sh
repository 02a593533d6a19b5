#!/bin/sh
# Builds GraphiQL in another folder and compares the result with `dist/`. Needs Node 20 or newer.
# Compressed assets are compared by what is in them: another version of Node compresses otherwise.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp -R "$here/package.json" "$here/package-lock.json" "$here/tsconfig.json" "$here/vite.config.ts" "$here/index.html" \
    "$here/build" "$here/src" "$work"
cd "$work"
npm ci --no-audit --no-fund --loglevel=error
npm run --silent check
npm run --silent build -- --logLevel=warn
cp -R "$here/dist" committed
node --eval 'const { brotliDecompressSync, gunzipSync } = require("node:zlib"), fs = require("node:fs");
    for (const file of process.argv.slice(1)) {
        const read = file.endsWith(".br") ? brotliDecompressSync : gunzipSync;
        fs.writeFileSync(file, read(fs.readFileSync(file)));
    }' committed/assets/*.br committed/assets/*.gz dist/assets/*.br dist/assets/*.gz
diff -r committed dist || {
    echo "api/graphiql/dist differs from its source: run npm ci && npm run build there, and commit dist" >&2
    exit 1
}
echo "api/graphiql/dist is up to date"
