# shellcheck shell=sh
# Sourced. The environment of the agent, and the way to become it.

uid=$(id -u)

export HERMES_HOME="${HERMES_HOME:-/opt/data}"
# The container's HOME is that of root.
export HOME="$HERMES_HOME"
export VIRTUAL_ENV=/opt/hermes/.venv
# For the agent alone: from here on, a program that root looked up could be one that hermes wrote.
export PATH="$HOME/.local/bin:$VIRTUAL_ENV/bin:$PATH"

# Only root can drop to hermes; in a container of --user 10000:10000 all is hermes already.
as_hermes() {
  if [ "$uid" -eq 0 ]; then
    exec /command/s6-setuidgid hermes "$@"
  fi
  exec "$@"
}
