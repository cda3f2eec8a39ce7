#!/bin/sh
# The path of the entry point before s6-overlay, for those who still name it: boots the home, then
# hands over to the main program, if there is one. No supervision here: that takes /init.
set -eu

# What a container writes is kept: nothing is drawn in it, whatever terminal the container has.
case ${HERMES_BOOT_LOG:-} in
  json) log=json ;;
  *) log=plain ;;
esac
/usr/local/bin/hermes-boot run --log "$log" >&2
if [ "$#" -gt 0 ]; then
  exec /opt/hermes/docker/main-wrapper.sh "$@"
fi
