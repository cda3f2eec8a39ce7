#!/bin/sh
# The path of the entry point before s6-overlay, for those who still name it: boots the home, then
# hands over to the main program, if there is one. No supervision here: that takes /init.
set -eu

/usr/local/bin/hermes-boot run "${HERMES_BOOT_PLAN:-stage2}" >&2
if [ "$#" -gt 0 ]; then
  exec /opt/hermes/docker/main-wrapper.sh "$@"
fi
