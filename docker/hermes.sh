#!/bin/sh
# The hermes that `docker exec CONTAINER hermes …` finds. It comes as root there, and what root wrote
# to the home would lock the agent out (#16480, #17144): so it drops to hermes first.
set -eu

agent=/opt/hermes/.venv/bin/hermes

case ${HERMES_DOCKER_EXEC_AS_ROOT:-} in
  1 | true | TRUE | True | yes | YES | Yes) exec "$agent" "$@" ;;
esac

# shellcheck source=docker/lib/agent.sh
. /opt/hermes/docker/lib/agent.sh
as_hermes "$agent" "$@"
