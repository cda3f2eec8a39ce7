#!/bin/sh
# The path of the shell hook that hermes-boot replaces, for those who call it: the official image's
# 01-hermes-setup, an entry point without s6, scripts of derived images. Boots the home, as often as it
# is called.

# shellcheck source=docker/lib/boot.sh
. /opt/hermes-boot/lib/boot.sh

if only_hermes_boot /proc; then
  exit 0
fi
# The standard output of a container belongs to its main program.
exec /usr/local/bin/hermes-boot run "$(home_plan)" >&2
