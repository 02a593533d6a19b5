#!/bin/sh
# Builds GraphiQL in another folder and compares the result with `dist/`. Needs Node 20 or newer.
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
"$here/build/compare.sh" "$here/dist" dist graphiql
