# shellcheck shell=sh
# Sourced. The environment of the agent, for a process that is hermes.

export HERMES_HOME="${HERMES_HOME:-/opt/data}"
# The container's HOME is that of root.
export HOME="$HERMES_HOME"
export VIRTUAL_ENV=/opt/hermes/.venv
export PATH="$HOME/.local/bin:$VIRTUAL_ENV/bin:$PATH"
