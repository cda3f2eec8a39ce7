# shellcheck shell=sh
# One request to register or unregister a gateway, on a connection of s6-ipcserverd as standard input
# and output. Of the caller nothing gets further than a name that has been checked: no environment,
# no directory, no descriptor, no mask, no path.
set -u

# shellcheck source=docker/lib/ground.sh
. /opt/hermes-boot/lib/ground.sh
unset ENV
cd /
umask 022

refuse() {
  echo "refused: $1"
  exit 1
}

case ${IPCREMOTEEUID:-} in
  0 | "$(id -u hermes)") ;;
  *) refuse 'only root and hermes may ask' ;;
esac

# More than the longest request, and no longer than a moment: nobody keeps others waiting.
request=$(timeout 5 head -c 300 | head -n 1 | tr '\000' '!')
action=${request%% *}
profile=${request#* }
case $action in
  register | unregister) ;;
  *) refuse 'wanted "register NAME" or "unregister NAME"' ;;
esac
case $profile in
  '' | [!a-z0-9]* | *[!a-z0-9_-]*) refuse 'that is no name of a profile' ;;
esac
echo "registrar: $action $profile, asked for by $IPCREMOTEEUID" >&2
# In an environment of its own: what s6-ipcserverd says of the caller ends here.
exec env -i PATH="$PATH" timeout 60 \
  /usr/local/bin/hermes-boot gateway "$action" "$profile" --json < /dev/null
