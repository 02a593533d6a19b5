#!/bin/sh
# Builds the field app in another folder and compares the result with `dist/`. Needs Node 20 or newer.
# Compressed assets are compared by what is in them: another version of Node compresses otherwise.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/api/field" "$work/api/graphiql" "$work/schema"
cp "$here/../../schema/schema.graphql" "$work/schema"
cp -R "$here/../graphiql/package.json" "$here/../graphiql/build" "$work/api/graphiql"
cd "$here"
cp -R package.json package-lock.json tsconfig.json vite.config.ts codegen.ts index.html build src "$work/api/field"
cd "$work/api/field"
rm -rf src/codegen
npm ci --no-audit --no-fund --loglevel=error
npm run --silent build -- --logLevel=warn
npm run --silent check
npm run --silent test
cp -R "$here/dist" committed
node --eval 'const { brotliDecompressSync, gunzipSync } = require("node:zlib"), fs = require("node:fs");
    for (const file of process.argv.slice(1)) {
        const read = file.endsWith(".br") ? brotliDecompressSync : gunzipSync;
        fs.writeFileSync(file, read(fs.readFileSync(file)));
    }' committed/assets/*.br committed/assets/*.gz dist/assets/*.br dist/assets/*.gz
diff -r committed dist || {
    echo "api/field/dist differs from its source: run npm ci && npm run build there, and commit dist" >&2
    exit 1
}
echo "api/field/dist is up to date"
