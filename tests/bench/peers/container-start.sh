#!/bin/sh
# The three scripts of a container's start without hermes-boot: the hook, a look at who may control
# the static services, and the reconciler in Python.
set -eu
here=$(dirname "$0")

sh "$here/hook.sh"
hermes=$(id -g hermes)
for directory in /run/s6-rc/servicedirs/*/supervise; do
  case $directory in
    */s6rc-*) continue ;;
  esac
  [ "$(stat -c %g "$directory")" = "$hermes" ] || [ "$(stat -c %U "$directory")" = hermes ] ||
    echo "$directory is not for hermes"
done
python3 "$here/reconcile.py"
