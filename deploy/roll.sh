#!/usr/bin/env bash
# A new release, or the same one started anew, while people play: deploy/roll.sh
#
# Builds the image, brings the tables up to date (safe while the release before serves), then changes one web process
# after the other: a new one comes first, then an old one stops, whose players are told to come back and do so by
# themselves. Run it again if it was interrupted. Other services are left alone: docker compose up -d changes those.
set -euo pipefail
cd "$(dirname "$0")/.."

processes() { docker compose ps --quiet web; }

docker compose build web
docker compose run --rm --no-deps migrate
old=$(processes)
[ -n "$old" ] || { echo "roll: no web process runs; start them with docker compose up -d --wait." >&2; exit 1; }
count=$(wc -w <<<"$old")

for container in $old; do
    docker compose up -d --wait --no-deps --no-recreate --scale web=$((count + 1)) web
    # The proxy looks for new addresses every second.
    sleep 2
    docker stop "$container" >/dev/null
    docker rm "$container" >/dev/null
done
echo "rolled: $count new web processes"
