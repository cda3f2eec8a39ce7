#!/bin/sh
# Stands in for the official shim at the path of tini.
while [ "$#" -gt 0 ] && [ "$1" != -- ]; do shift; done
[ "$#" -eq 0 ] || shift
exec /init /opt/hermes/docker/main-wrapper.sh "$@"
