# shellcheck shell=sh
# Sourced by the dashboard's run and finish.

# shellcheck source=docker/lib/ground.sh
. /opt/hermes-boot/lib/ground.sh
# shellcheck source=docker/lib/main-program.sh
. /opt/hermes-boot/lib/main-program.sh

dashboard_wanted() {
  case $(container_variable HERMES_DASHBOARD) in
    1 | true | TRUE | True | yes | YES | Yes) ! only_hermes_boot /proc ;;
    *) return 1 ;;
  esac
}
