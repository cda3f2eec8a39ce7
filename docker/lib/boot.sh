# shellcheck shell=sh
# Sourced by the scripts in cont-init.d. Runs a plan of hermes-boot as one part of the boot, and
# with it those of the scripts that come right after: one start of the program for all of them.

# shellcheck source=docker/lib/ground.sh
. /opt/hermes-boot/lib/ground.sh
# shellcheck source=docker/lib/main-program.sh
. /opt/hermes-boot/lib/main-program.sh
# shellcheck source=docker/lib/become.sh
. /opt/hermes-boot/lib/become.sh

# s6-overlay runs the scripts after a failed one all the same, and wipes this directory at each
# start of the container.
stopped=/run/s6/hermes-boot-stopped
begun=/run/s6/hermes-boot-begun
taken=/run/s6/hermes-boot-taken

# The plan that prepares the home.
home_plan() {
  plan=$(container_variable HERMES_BOOT_PLAN)
  if [ -z "$plan" ] && is_alone; then
    echo 'hermes-boot: info: the user namespace has one user: everything runs as it, by the plan' \
      'unprivileged' >&2
    plan=unprivileged
  fi
  echo "${plan:-stage2}"
}

# Runs a plan, unless a script before has run it along with its own. Run once more, by hand, it mends
# what is wrong, also after a boot that it stopped.
boot() {
  if only_hermes_boot /proc; then
    exit 0
  fi
  if grep -qsx "$1" "$taken"; then
    rest=$(grep -vx "$1" "$taken")
    printf '%s' "$rest${rest:+
}" > "$taken"
    [ ! -e "$stopped" ]
    exit
  fi
  if [ -e "$stopped" ] && ! grep -qsx "$1" "$stopped"; then
    echo "hermes-boot: $1 not run: the boot was stopped before it" >&2
    exit 1
  fi
  first=$1
  # Once each: at a later time nobody runs the scripts that follow.
  if ! grep -qsx "$1" "$begun"; then
    # shellcheck disable=SC2046 # a plan is named without spaces
    set -- "$1" $(plans_after "$0")
    printf '%s\n' "$@" >> "$begun"
    [ "$#" -eq 1 ] || printf '%s\n' "$@" | tail -n +2 >> "$taken"
  fi
  # The standard output of a container belongs to its main program.
  if /usr/local/bin/hermes-boot run "$@" >&2; then
    rm -f "$stopped"
    exit 0
  else
    code=$?
  fi
  echo "$first" > "$stopped"
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
