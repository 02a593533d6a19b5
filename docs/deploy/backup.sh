#!/bin/sh
# Copies the data folder of needtoknow while it is served, into a new folder of TARGET: docs/backup.md.
#     needtoknow-backup TARGET       with NEEDTOKNOW_DATA, and NEEDTOKNOW_CHECKPOINTS if it is set
set -eu
umask 077
[ $# = 1 ] || { echo "needtoknow-backup: name the folder for backups, such as /var/backups/needtoknow" >&2; exit 2; }
data=${NEEDTOKNOW_DATA:?needtoknow-backup: set it to the data folder}
checkpoints=${NEEDTOKNOW_CHECKPOINTS:-$data/checkpoints.jsonl}
copy=$1/$(date -u +%Y-%m-%dT%H%M%SZ)
trap 'rm -rf "$copy.unfinished" "$copy.checkpoints"' EXIT

# Checkpoints first: a journal that is copied after them has every entry that they sign.
cp -- "$checkpoints" "$copy.checkpoints"
needtoknow audit copy --data "$data" "$copy.unfinished"
mv -- "$copy.checkpoints" "$copy.unfinished/journal.db.checkpoints"

# A source's file is replaced and never changed, so each copy is of one time. checkpoint.key stays out: docs/backup.md.
for file in "$data"/*.db "$data"/world.json "$data"/*.key; do
    case ${file##*/} in
        journal.db | checkpoint.key) ;;
        *) [ ! -f "$file" ] || cp -- "$file" "$copy.unfinished/" ;;
    esac
done
sync -f "$copy.unfinished"
mv -- "$copy.unfinished" "$copy"
echo "$copy"
