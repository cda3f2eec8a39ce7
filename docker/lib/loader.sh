# shellcheck shell=sh
# Sourced. The variables by which the loader of programs runs code of others: a container's environment
# may name a file of hermes in them. Root's part starts nothing with them; what then is hermes gets
# them back.

loader_variables='GCONV_PATH GLIBC_TUNABLES LD_AUDIT LD_DEBUG LD_DEBUG_OUTPUT LD_LIBRARY_PATH
  LD_PRELOAD LD_PROFILE LD_PROFILE_OUTPUT'

set_loader_aside() {
  for name in $loader_variables; do
    if eval "[ -n \"\${$name:-}\" ]"; then
      eval "export HERMES_BOOT_ASIDE_$name=\"\$$name\""
      unset "$name"
    fi
  done
}

take_loader_back() {
  for name in $loader_variables; do
    if eval "[ -n \"\${HERMES_BOOT_ASIDE_$name:-}\" ]"; then
      eval "export $name=\"\$HERMES_BOOT_ASIDE_$name\""
      unset "HERMES_BOOT_ASIDE_$name"
    fi
  done
}
