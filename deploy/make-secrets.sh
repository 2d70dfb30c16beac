#!/bin/sh
# At the first start: makes the passwords of PostgreSQL and Redis and the key that signs cookies, each into the volume of
# whoever needs it. What is there already stays as it is, so that every later start changes nothing.
set -eu
umask 077

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; } # 256 bits, in characters that mean nothing in a URL

# keep FILE MODE: standard input becomes FILE, whole or not at all.
keep() {
    [ ! -e "$1" ] || return 0
    cat >"$1.new"
    chmod "$2" "$1.new"
    mv "$1.new" "$1"
}

# These two are read by other containers, under other user ids: the volume is what keeps everybody else out.
random | keep /secrets/database/password 0444
printf 'requirepass %s\n' "$(random)" | keep /secrets/redis/auth.conf 0444

random | keep /secrets/web/secret_key 0400
printf 'postgres://madang:%s@database:5432/madang\n' "$(cat /secrets/database/password)" |
    keep /secrets/web/database_url 0400
printf 'redis://:%s@redis:6379/0\n' "$(cut -d ' ' -f 2 /secrets/redis/auth.conf)" | keep /secrets/web/redis_url 0400
