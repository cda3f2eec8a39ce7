#!/bin/sh
# The container's main program: finds out what the words of `docker run IMAGE …` mean, and becomes
# it as hermes. Its exit code is the container's.
set -eu

# It boots, or looks at a boot, with the rights that the container was given; cont-init.d has left
# everything to it (lib/main-program.sh).
case ${1-} in
  hermes-boot | /usr/local/bin/hermes-boot)
    shift
    exec /usr/local/bin/hermes-boot "$@"
    ;;
esac

# Whoever stops the container has to find this process, which stays the same when it becomes another
# program. Where hermes comes by here again, the directory is not its own.
remember_process() {
  read -r fields < "/proc/$$/stat"
  # The name, which may hold anything, ends with the last parenthesis.
  # shellcheck disable=SC2086
  set -f -- ${fields##*) }
  set +f
  echo "$$ ${20}" > /run/s6/hermes-main-program
}
if [ -O /run/s6 ]; then
  remember_process
fi

# shellcheck source=docker/lib/become.sh
. /opt/hermes-boot/lib/become.sh
become_hermes "$0" "$@"
take_environment "$0" "$@"

uid=$(id -u)
if [ "$uid" -ne "$(id -u hermes)" ] && [ "${HERMES_BOOT_PLAN:-}" != unprivileged ] && ! is_alone; then
  # The quoted lines show what to type.
  # shellcheck disable=SC2016
  printf '%s\n' \
    "hermes: this container was started with --user $uid, which is not supported: neither root nor hermes ($(id -u hermes))" \
    'Such a user can neither prepare the home nor write to the image. To have files on the volume' \
    'belong to your own user, start as root and pass your ids instead:' \
    '  docker run -e HERMES_UID=$(id -u) -e HERMES_GID=$(id -g) …' \
    'PUID and PGID do the same. hermes then takes these ids before anything starts.' \
    'A container that can have no root boots with the plan that needs none:' \
    '  docker run -e HERMES_BOOT_PLAN=unprivileged …' >&2
  exit 77
fi

# shellcheck source=docker/lib/agent.sh
. /opt/hermes-boot/lib/agent.sh

# / is where a container starts without -w, and /opt/hermes where one of the official image does. Any
# other directory was asked for, but may be one that hermes cannot enter.
if [ "$PWD" = / ] || [ "$PWD" = /opt/hermes ] || ! [ -x . ]; then
  cd "$HOME"
fi

# `command -v` would find the shell's own words, too, and /command has execline's: exit, if, …
on_path() (
  case $1 in
    */*)
      [ -f "$1" ] && [ -x "$1" ]
      exit
      ;;
  esac
  IFS=:
  set -f
  for directory in $PATH; do
    if [ "$directory" != /command ] && [ -f "$directory/$1" ] && [ -x "$directory/$1" ]; then
      exit 0
    fi
  done
  exit 1
)

case ${1-} in
  # Debian has programs of these two names, none of which is meant.
  '' | -* | mcp | login) exec hermes "$@" ;;
esac
if on_path "$1"; then
  exec "$@"
fi
exec hermes "$@"
