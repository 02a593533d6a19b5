#!/bin/sh
# Compares a built page with the committed one: `compare.sh COMMITTED BUILT NAME`.
# Compressed assets are compared by what is in them: another version of Node compresses otherwise.
set -eu

committed=$(mktemp -d)
trap 'rm -rf "$committed"' EXIT
cp -R "$1/." "$committed"
node --eval 'const { brotliDecompressSync, gunzipSync } = require("node:zlib"), fs = require("node:fs");
    for (const file of process.argv.slice(1)) {
        const read = file.endsWith(".br") ? brotliDecompressSync : gunzipSync;
        fs.writeFileSync(file, read(fs.readFileSync(file)));
    }' "$committed"/assets/*.br "$committed"/assets/*.gz "$2"/assets/*.br "$2"/assets/*.gz
diff -r "$committed" "$2" || {
    echo "api/$3/dist differs from its source: run npm ci && npm run build there, and commit dist" >&2
    exit 1
}
echo "api/$3/dist is up to date"
