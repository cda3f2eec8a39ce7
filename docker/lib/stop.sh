# shellcheck shell=sh
# Sourced when the container stops: ends the gateways and the main program, and waits for them as
# long as the operator allows.

# How long it waits unless HERMES_STOP_TIMEOUT says otherwise, in seconds: what compose.yaml and the
# manifests give a container, 30 s, less what s6 takes.
default_limit=25

# More than S6_KILL_FINISH_MAXTIME would have no effect.
highest_limit=590

# Where the main program wrote which process it is, and when that began.
main_process=/run/s6/hermes-main-program

# $1: its text, or nothing
stop_limit() {
  case $1 in
    '' | *[!0-9]* | ?????*) echo "$default_limit" ;;
    *) [ "$1" -le "$highest_limit" ] && echo "$1" || echo "$highest_limit" ;;
  esac
}

# Who controls slots: hermes where this is root. Its rights are enough, and a control file that it
# has replaced gets nothing of root's. Where it may make slots, a FIFO in one could keep a client of
# s6 waiting.
as_controller() {
  if [ "$(id -u)" -eq 0 ]; then
    s6-setuidgid hermes timeout -s KILL 5 "$@"
  else
    timeout -s KILL 5 "$@"
  fi
}

# A link is nothing that a boot has made.
is_slot() {
  [ -d "$1" ] && ! [ -L "$1" ]
}

# The slots of gateways that s6 supervises and that are up.
# $1: the scan directory
running_gateways() {
  for slot in "$1"/gateway-*; do
    is_slot "$slot" || continue
    if [ "$(as_controller s6-svstat -o up "$slot" 2> /dev/null)" = true ]; then
      printf '%s\n' "$slot"
    fi
  done
}

# When a process began, in ticks since the machine did, so that another one with its number is not
# taken for it; nothing where there is none. See proc_pid_stat(5).
# $1: its number
begin_of() {
  sed -n 's/^.*) //p' "/proc/$1/stat" 2> /dev/null | cut -d ' ' -f 20
}

# The number of the main program, while it runs.
main_program_process() {
  [ -f "$main_process" ] || return 0
  read -r pid began < "$main_process" || return 0
  case $pid in
    '' | *[!0-9]* | 0 | 1) return 0 ;;
  esac
  [ "$(begin_of "$pid")" != "$began" ] || echo "$pid"
}

stop_gateways() {
  scandir=$(container_variable S6_PROFILE_GATEWAY_SCANDIR)
  scandir=${scandir:-/run/service}
  limit=$(stop_limit "$(container_variable HERMES_STOP_TIMEOUT)")
  # Asked for all of them, also those that are only about to start.
  for slot in "$scandir"/gateway-*; do
    is_slot "$slot" || continue
    as_controller s6-svc -d "$slot" 2> /dev/null
  done
  pid=$(main_program_process)
  [ -z "$pid" ] || kill -s TERM "$pid" 2> /dev/null
  tenths=0
  while :; do
    left="$(running_gateways "$scandir")$(main_program_process)"
    [ -n "$left" ] || break
    if [ "$tenths" -ge $((limit * 10)) ]; then
      say_what_is_left "$scandir" "$limit"
      break
    fi
    sleep 0.1
    tenths=$((tenths + 1))
  done
}

say_what_is_left() {
  names=$(running_gateways "$1" | sed 's|.*/gateway-||' | tr '\n' ' ')
  [ -z "$(main_program_process)" ] || names="${names}and the main program "
  echo "hermes-boot: warn: stop: still running after $2 s, and killed now: ${names% }" >&2
  echo 'hermes-boot: warn: stop: HERMES_STOP_TIMEOUT sets this limit (in seconds); the container needs 5 s more (docker stop --time, stop_grace_period, terminationGracePeriodSeconds)' >&2
}
