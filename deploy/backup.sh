#!/usr/bin/env bash
# Writes everything that is worth keeping into one file, while people play: deploy/backup.sh [FILE]
#
# The file holds the database (records, matches under way, players) and the key that keeps people signed in. Who has it can
# sign in as anybody: keep it as you would keep the server. deploy/restore.sh brings it back.
set -euo pipefail
umask 077

die() { echo "backup: $*" >&2; exit 1; }

target=$(realpath -m -- "${1:-$(dirname "$0")/../backups/madang-$(date -u +%Y%m%dT%H%M%SZ).tar}")
cd "$(dirname "$0")/.."
[ ! -e "$target" ] || die "$target is there already: choose another name, or remove it."
mkdir -p "$(dirname "$target")"
# Beside the target, so that the last step is a rename: a file of that name is always whole.
work=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$work"' EXIT

docker compose exec -T database pg_dump --username=madang --format=custom madang >"$work/database" ||
    die "the database does not answer: start it with docker compose up -d database."
# Read once more: a dump that cannot be listed is none.
docker compose exec -T database pg_restore --list <"$work/database" >/dev/null || die "the dump is not whole."
docker compose run --rm --no-deps -T secrets cat /secrets/web/secret_key >"$work/secret_key" || die "no secret key."
tar -C "$work" -cf "$work/whole" database secret_key
mv "$work/whole" "$target"
echo "$target ($(du -h "$target" | cut -f 1))"
