#!/bin/sh
# Stands in for the official entry point: s6-overlay as process 1, else the hook and the wrapper.
set -eu
if [ "$$" -eq 1 ]; then
  exec /init /opt/hermes/docker/main-wrapper.sh "$@"
fi
echo 'official: not process 1, nothing is supervised' >&2
PATH=/command:$PATH
export PATH
/opt/hermes/docker/stage2-hook.sh
exec /opt/hermes/docker/main-wrapper.sh "$@"
