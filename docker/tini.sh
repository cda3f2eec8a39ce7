#!/bin/sh
# /usr/bin/tini, the entry point before s6-overlay, for compose files that still name it:
# `tini [OPTIONS] -- PROGRAM …`. s6-overlay does what it was for, so the options have no effect, and
# PROGRAM goes to the entry point of today, without the entry points that old files put before it.
set -eu

while [ "$#" -gt 0 ]; do
  case $1 in
    --)
      shift
      break
      ;;
    --version | -h)
      echo 'tini: replaced by s6-overlay; this is a shim of hermes-boot'
      exit 0
      ;;
    # The value of the last letter comes as a word of its own, or stands behind it: -p 15, -gp15.
    -*[pe])
      shift
      [ "$#" -eq 0 ] || shift
      ;;
    -?*) shift ;;
    *) break ;;
  esac
done

while [ "$#" -gt 0 ]; do
  case $1 in
    /init | /opt/hermes/docker/entrypoint.sh | /opt/hermes/docker/entrypoint-dispatch.sh | \
      /opt/hermes/docker/main-wrapper.sh) shift ;;
    *) break ;;
  esac
done
exec /opt/hermes/docker/entrypoint-dispatch.sh "$@"
