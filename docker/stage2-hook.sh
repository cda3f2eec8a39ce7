#!/bin/sh
# The path of the shell hook that hermes-boot replaces, for those who call it: the official image's
# 01-hermes-setup, an entry point without s6, scripts of derived images. Boots the home, as often as it
# is called.

# shellcheck source=docker/lib/ground.sh
. /opt/hermes-boot/lib/ground.sh
# shellcheck source=docker/lib/main-program.sh
. /opt/hermes-boot/lib/main-program.sh

if only_hermes_boot /proc; then
  exit 0
fi
plan=$(container_variable HERMES_BOOT_PLAN)
# The standard output of a container belongs to its main program.
exec /usr/local/bin/hermes-boot run "${plan:-stage2}" >&2
