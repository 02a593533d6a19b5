#!/bin/sh
# Builds the field app in another folder and compares the result with `dist/`. Needs Node 20 or newer.
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
"$here/../graphiql/build/compare.sh" "$here/dist" dist field
