#!/bin/sh
# The entry point of the image. As process 1 it becomes s6-overlay's /init. Where something else is
# process 1 (`docker run --init`, Fly Machines, --pid=host) /init cannot run: then this boots the home
# and becomes the main program, with nothing supervised. What root starts here has its full path.
set -eu

wrapper=/opt/hermes/docker/main-wrapper.sh
if [ "$$" -eq 1 ]; then
  exec /init "$wrapper" "$@"
fi

# hermes-boot as the main program boots by itself, or only looks.
case ${1-} in
  hermes-boot | /usr/local/bin/hermes-boot) exec "$wrapper" "$@" ;;
esac

printf '%s\n' \
  'hermes-boot: this is not process 1 of the container, so s6-overlay cannot run: the home is booted and' \
  'the program is run, but no gateway and no dashboard is supervised. Fix: leave out --init (compose:' \
  '"init: true"), so that the entry point of the image is process 1.' >&2

# shellcheck source=docker/lib/loader.sh
. /opt/hermes-boot/lib/loader.sh
set_loader_aside
/opt/hermes/docker/stage2-hook.sh

export HERMES_HOME="${HERMES_HOME:-/opt/data}"
# Where s6-overlay runs, everything gets this variable from its directory of the environment.
found=/run/s6/container_environment/AGENT_BROWSER_EXECUTABLE_PATH
if [ -z "${AGENT_BROWSER_EXECUTABLE_PATH:-}" ] && [ -f "$found" ]; then
  read -r AGENT_BROWSER_EXECUTABLE_PATH < "$found" || :
  export AGENT_BROWSER_EXECUTABLE_PATH
fi

# shellcheck disable=SC2016 # for the shell of hermes
set -- /bin/sh -c '. /opt/hermes-boot/lib/loader.sh; take_loader_back; unset name; exec "$@"' sh \
  "$wrapper" "$@"
# shellcheck source=docker/lib/become.sh
. /opt/hermes-boot/lib/become.sh
become_hermes "$@"
exec "$@"
