# PgBouncer, in a version that knows prepared statements.
FROM debian:trixie-slim
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends pgbouncer && rm --recursive /var/lib/apt/lists/*
COPY pgbouncer.ini /etc/pgbouncer/
RUN sed --in-place 's/^; max_prepared/max_prepared/' /etc/pgbouncer/pgbouncer.ini
USER 10001:10001
WORKDIR /etc/pgbouncer
ENTRYPOINT ["pgbouncer", "pgbouncer.ini"]
