#!/usr/bin/env bash
# Brings a backup back, on this machine or a new one: deploy/restore.sh FILE
#
# Nobody plays meanwhile. Where a database has matches already it is replaced only with --replace, and only after all of
# the backup has been read into another beside it.
set -euo pipefail
umask 077

die() { echo "restore: $*" >&2; exit 1; }

replace=
[ "${1:-}" != --replace ] || { replace=1; shift; }
[ $# -eq 1 ] && [ -r "$1" ] || die "name a file that deploy/backup.sh has written: deploy/restore.sh [--replace] FILE"
source=$(realpath -- "$1")
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -C "$work" -xf "$source" database secret_key || die "$source is not a backup of Madang's."

sql() { docker compose exec -T database psql --username=madang --dbname="$1" --no-psqlrc -qtAX -v ON_ERROR_STOP=1; }

docker compose up -d --wait database
if [ -z "$replace" ] && [ "$(sql madang <<<"SELECT to_regclass('games_match') IS NOT NULL")" = t ]; then
    [ "$(sql madang <<<"SELECT EXISTS (SELECT FROM games_match)")" = f ] ||
        die "this database has matches. To lose them and have the backup's: deploy/restore.sh --replace $1"
fi
docker compose stop proxy web

sql postgres <<<"DROP DATABASE IF EXISTS madang_restored; CREATE DATABASE madang_restored"
docker compose exec -T database pg_restore --username=madang --dbname=madang_restored --no-owner --exit-on-error \
    <"$work/database"
sql postgres <<<"DROP DATABASE madang WITH (FORCE); ALTER DATABASE madang_restored RENAME TO madang"
docker compose run --rm --no-deps -T secrets sh -c '
    umask 077; cat >/secrets/web/secret_key.new && mv /secrets/web/secret_key.new /secrets/web/secret_key' \
    <"$work/secret_key"
docker compose up -d --wait
echo "restored from $source"
