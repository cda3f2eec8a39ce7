# shellcheck shell=sh
# Sourced by what root starts for hermes. Every program has its full path here: nothing is looked up
# in the container's PATH, or started with its environment, before the process is hermes.

# Whether the user namespace has no second user, as with a rootless engine that has no subuids: there
# is nobody to become. See user_namespaces(7).
is_alone() {
  { read -r _ _ count && ! read -r _; } < /proc/self/uid_map && [ "$count" -eq 1 ]
}

# Starts a script again as hermes, where this is root; in a container of --user 10000:10000 all is
# hermes already.
# $@: the script, and its arguments
become_hermes() {
  if [ "$(/usr/bin/id -u)" -eq 0 ] && ! is_alone; then
    exec /command/s6-setuidgid hermes "$@"
  fi
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
