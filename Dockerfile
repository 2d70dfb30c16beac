# One image for everything of Madang's own: web processes, migrations, and the secrets of a first start.

FROM python:3.13-slim AS build
ENV PIP_CACHE_DIR=/var/cache/pip PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build

# Every package is checked against the lock's hashes, and none is built from source.
COPY requirements.lock ./
RUN --mount=type=cache,target=/var/cache/pip \
    pip download --quiet --only-binary :all: --no-deps --require-hashes --requirement requirements.lock --dest packages
RUN pip install --quiet --no-index --find-links packages babel hatchling

COPY . .
RUN pip wheel --quiet --no-deps --no-index --no-build-isolation --wheel-dir packages .
# From the checked files alone, and of them only what the wheel asks for.
RUN python -m venv --without-pip /opt/madang \
 && pip --python /opt/madang/bin/python install --quiet --no-index --find-links packages --no-compile madang

# Packages that bring games (docs/operating.md), named by the operator: docker compose build --build-arg GAMES=…
ARG GAMES=
RUN test -z "$GAMES" || pip --python /opt/madang/bin/python install --quiet --no-compile --find-links packages $GAMES

# What a server never opens: languages that Madang does not speak, the packages' own tests, a page of documentation that
# our security policy would not let load, and debug symbols (14 of uvloop's 16 MB; psycopg's
# libraries were patched after linking, and would not bear it).
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends binutils >/dev/null
RUN cd /opt/madang/lib/python3.*/site-packages \
 && find django -path '*/locale/*' -type f ! -path '*/locale/__init__.py' ! -path '*/locale/en/*' ! -path '*/locale/ko/*' -delete \
 && find . -name '*.po' -delete \
 && find . -type d \( -name test -o -name tests \) ! -path './django/*' -prune -exec rm -r {} + \
 && rm -r ninja/static django/contrib/gis \
 && find . -name '*.so' ! -path './psycopg*' -exec strip --strip-unneeded {} +
# Compiled beforehand, since the server may not write; by content's promise rather than by time, which copying changes.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/madang/lib \
 && MADANG_DATA_DIR=/tmp/build MADANG_STATIC_DIR=/opt/madang/static /opt/madang/bin/madang collectstatic --no-input --verbosity 0


FROM python:3.13-slim
# The folders are where volumes are mounted: a new volume takes over their owner.
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin madang \
 && install -d -o madang -g madang -m 0700 /data /secrets/web \
 && install -d -o madang -g madang -m 0755 /secrets/database /secrets/redis
COPY --from=build /opt/madang /opt/madang
COPY --chmod=0755 deploy/make-secrets.sh /usr/local/bin/make-secrets
ENV PATH=/opt/madang/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    MADANG_BIND=0.0.0.0 MADANG_DATA_DIR=/data MADANG_STATIC_DIR=/opt/madang/static
USER 10001:10001
WORKDIR /data
EXPOSE 8000
CMD ["madang"]
