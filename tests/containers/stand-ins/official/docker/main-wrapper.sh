#!/command/with-contenv sh
# shellcheck shell=sh
# Stands in for the official wrapper: drops to hermes and finds out what the words mean.
set -eu
export HOME=/opt/data
drop=
[ "$(id -u)" -ne 0 ] || drop='s6-setuidgid hermes'
# shellcheck disable=SC2086
case ${1-} in
  '' | -* | mcp | login) exec $drop hermes "$@" ;;
esac
if command -v "$1" > /dev/null; then
  # shellcheck disable=SC2086
  exec $drop "$@"
fi
# shellcheck disable=SC2086
exec $drop hermes "$@"
