#!/bin/sh
# The hermes that `docker exec CONTAINER hermes …` finds. It comes as root there, and what root wrote
# to the home would lock the agent out (#16480, #17144): so it drops to hermes first.
set -eu

agent=/opt/hermes/.venv/bin/hermes

# Whether nobody but root can change a path, or what leads to it.
# $1: the path
is_roots() {
  at=$(/usr/bin/readlink -e "$1") || return 1
  while :; do
    [ -z "$(/usr/bin/find "$at" -maxdepth 0 ! -user 0 -o -perm /022 ! -type l)" ] || return 1
    [ "$at" != / ] || return 0
    at=${at%/*}
    at=${at:-/}
  done
}

case ${HERMES_DOCKER_EXEC_AS_ROOT:-} in
  1 | true | TRUE | True | yes | YES | Yes)
    if is_roots "$agent"; then
      exec "$agent" "$@"
    fi
    echo "hermes: HERMES_DOCKER_EXEC_AS_ROOT has no effect: hermes can change $agent, and could" \
      'become root by it. To do it all the same, name that file instead of hermes.' >&2
    ;;
esac

# shellcheck source=docker/lib/become.sh
. /opt/hermes-boot/lib/become.sh
become_hermes "$0" "$@"

# shellcheck source=docker/lib/agent.sh
. /opt/hermes-boot/lib/agent.sh
exec "$agent" "$@"
