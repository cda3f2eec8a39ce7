#!/bin/sh
# Stands in for the official shim that is first on the PATH: drops to hermes.
set -eu
[ "$(id -u)" -eq 0 ] || exec /opt/hermes/.venv/bin/hermes "$@"
export HOME=/opt/data
exec /command/s6-setuidgid hermes /opt/hermes/.venv/bin/hermes "$@"
