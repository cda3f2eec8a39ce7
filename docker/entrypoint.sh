#!/bin/sh
# The path of the entry point before s6-overlay, for those who still name it. Without words it boots
# the home, and that is all, as scripts of derived images want it; with words it is today's entry point.
set -eu

if [ "$#" -eq 0 ]; then
  exec /opt/hermes/docker/stage2-hook.sh
fi
exec /opt/hermes/docker/entrypoint-dispatch.sh "$@"
