# shellcheck shell=sh
# Sourced by what root runs to its end: the ground it stands on. The container's environment may name
# what hermes wrote, in PATH, LD_PRELOAD, NODE_OPTIONS and the like, so root reads single variables
# of it as text. What goes on as hermes gets all of it then (become.sh).

PATH=/command:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

# The value of a variable of the container: where s6-overlay keeps all of them, PATH among them, or else
# of this process. Without s6-overlay that directory may be there, too, with what a boot has exported.
# $1: its name
container_variable() {
  if [ -e "/run/s6/container_environment/$1" ]; then
    cat "/run/s6/container_environment/$1"
  elif [ ! -e /run/s6/container_environment/PATH ]; then
    printenv "$1" || :
  fi
}
