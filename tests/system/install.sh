#!/bin/sh
# Installs the tools of the system tests with apt, if it runs as root on Debian or a derivative.
# Messages go to stderr. The names of tools that could not be installed go to stdout, for the tests.
set -u

say() { echo "install: $*" >&2; }

# tool:package, as named by `command -v` and by apt
wanted="node:nodejs npm:npm chromium:chromium buildah:buildah podman:podman runc:runc debootstrap:debootstrap
pgbouncer:pgbouncer etcd:etcd-server haproxy:haproxy nginx:nginx curl:curl systemd-analyze:systemd"

missing=""
for each in $wanted; do
    command -v "${each%%:*}" >/dev/null 2>&1 || missing="$missing $each"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    for each in $missing; do
        say "${each%%:*} is missing; installing it needs root and apt, so its tests are skipped"
        echo "${each%%:*}"
    done
    exit 0
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >&2 || say "apt-get update failed; trying with what is known"
for each in $missing; do
    tool=${each%%:*} package=${each##*:}
    say "installing $package"
    if ! apt-get install -qq -y --no-install-recommends "$package" >/dev/null 2>&1 || ! command -v "$tool" >/dev/null 2>&1; then
        say "$package could not be installed, so the tests of $tool are skipped"
        echo "$tool"
    fi
done
