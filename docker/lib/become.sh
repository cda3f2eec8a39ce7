# shellcheck shell=sh
# Sourced by what root starts for hermes. Every program has its full path here: nothing is looked up
# in the container's PATH, or started with its environment, before the process is hermes.

# Starts a script again as hermes, where this is root; in a container of --user 10000:10000 all is
# hermes already.
# $@: the script, and its arguments
become_hermes() {
  [ "$(/usr/bin/id -u)" -ne 0 ] || exec /command/s6-setuidgid hermes "$@"
}

# Starts a script again with the container's environment, where s6-overlay has taken it away.
# $@: the script, and its arguments
take_environment() {
  if [ -z "${HERMES_HOME:-}" ] && [ -d /run/s6/container_environment ]; then
    # shellcheck disable=SC2016
    exec /command/with-contenv /bin/sh -c \
      'export HERMES_HOME="${HERMES_HOME:-/opt/data}"; exec "$@"' sh "$@"
  fi
}
