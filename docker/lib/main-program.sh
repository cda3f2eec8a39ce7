# shellcheck shell=sh
# Sourced. What the container was started for, for scripts that s6 gives no arguments.

# The words behind main-wrapper.sh, one per line. Where s6-svscan is process 1, the process that
# waits to run the main program still has them in its argument list.
# $1: /proc, or what a test has in its place
main_program() {
  for arguments in "$1"/1/cmdline "$1"/[0-9]*/cmdline; do
    # Whoever else runs here could say that it was started for anything. Its directory tells whose a
    # process is; a process can make its files root's (PR_SET_DUMPABLE in prctl(2)).
    [ -O "${arguments%/cmdline}" ] || continue
    words=$(tr '\0' '\n' 2> /dev/null < "$arguments" |
      sed -n '/\/docker\/main-wrapper\.sh$/,$p' | tail -n +2)
    if [ -n "$words" ]; then
      printf '%s\n' "$words"
      return
    fi
  done
}

# `docker run IMAGE hermes-boot plan` looks at a volume before any boot: nothing may have touched
# it by then. So there is no boot and no service beside hermes-boot as the main program.
only_hermes_boot() {
  case $(main_program "$1" | head -n 1) in
    hermes-boot | /usr/local/bin/hermes-boot) return 0 ;;
  esac
  return 1
}
