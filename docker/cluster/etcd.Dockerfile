# etcd, in which the nodes of PostgreSQL agree on the primary.
FROM debian:trixie-slim
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends etcd-server && rm --recursive /var/lib/apt/lists/* \
    && install --directory --owner=10001 --group=10001 --mode=700 /etcd-data
USER 10001:10001
ENTRYPOINT ["etcd"]
