# PostgreSQL with Patroni, which starts it, copies it and chooses the primary.
FROM postgres:18-bookworm
COPY patroni.lock /tmp/
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends python3-venv \
    && rm --recursive /var/lib/apt/lists/* \
    && python3 -m venv /opt/patroni \
    && /opt/patroni/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement /tmp/patroni.lock
COPY patroni.yaml post_init.sh /etc/patroni/
# The image's user `postgres`.
USER 999:999
WORKDIR /etc/patroni
ENTRYPOINT ["/opt/patroni/bin/patroni", "patroni.yaml"]
