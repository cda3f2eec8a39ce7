# shellcheck shell=sh
# Sourced by the scripts in cont-init.d. Runs a plan of hermes-boot as one part of the boot.

# shellcheck source=docker/lib/main-program.sh
. /opt/hermes/docker/lib/main-program.sh

# s6-overlay runs the scripts after a failed one all the same, and wipes this directory at each
# start of the container.
stopped=/run/s6/hermes-boot-stopped

boot() {
  if only_hermes_boot /proc; then
    exit 0
  fi
  if [ -e "$stopped" ]; then
    echo "hermes-boot: $1 not run: the boot was stopped before it" >&2
    exit 1
  fi
  # The standard output of a container belongs to its main program.
  hermes-boot run "$1" >&2 && exit 0
  code=$?
  : > "$stopped"
  exit "$code"
}
