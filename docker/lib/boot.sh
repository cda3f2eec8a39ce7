# shellcheck shell=sh
# Sourced by the scripts in cont-init.d. Runs a plan of hermes-boot as one part of the boot, and
# with it those of the scripts that come right after: one start of the program for all of them.

# shellcheck source=docker/lib/ground.sh
. /opt/hermes-boot/lib/ground.sh
# shellcheck source=docker/lib/main-program.sh
. /opt/hermes-boot/lib/main-program.sh

# s6-overlay runs the scripts after a failed one all the same, and wipes this directory at each
# start of the container.
stopped=/run/s6/hermes-boot-stopped
taken=/run/s6/hermes-boot-taken

boot() {
  if only_hermes_boot /proc; then
    exit 0
  fi
  if grep -qsx "$1" "$taken"; then
    [ ! -e "$stopped" ]
    exit
  fi
  if [ -e "$stopped" ]; then
    echo "hermes-boot: $1 not run: the boot was stopped before it" >&2
    exit 1
  fi
  # shellcheck disable=SC2046 # a plan is named without spaces
  set -- "$1" $(plans_after "$0")
  printf '%s\n' "$@" >> "$taken"
  log_wish
  # The standard output of a container belongs to its main program.
  /usr/local/bin/hermes-boot run --log "$log" "$@" >&2 && exit 0
  code=$?
  : > "$stopped"
  exit "$code"
}

# The plans of the scripts that follow one, up to the first that does anything else: what a derived
# image puts in between still runs in between.
plans_after() (
  LC_ALL=C
  seen=
  for script in "${1%/*}"/*; do
    if [ -n "$seen" ]; then
      plan=$(sed -n 's/^boot \([a-z][a-z0-9-]*\)$/\1/p' "$script")
      [ -n "$plan" ] || break
      echo "$plan"
    elif [ "$script" = "$1" ]; then
      seen=1
    fi
  done
)
