#!/bin/sh
# Prepares the Hermes home before any service starts, as a careful shell hook does it: the peer of
# the stage2 plan. It starts the programs that such a hook starts in an image; where one of them
# would write without need, it looks once before, so that a second run writes nothing.
#
# HOOK_ROOT: the directory that the whole world lies below; unset in an image. The comments name
# the steps of the plan.
set -eu

root=${HOOK_ROOT:-}
home=$root${HERMES_HOME:-/opt/data}
install=$root${HERMES_INSTALL:-/opt/hermes}
envdir=$root/run/s6/container_environment
routes='HERMES_PORTAL_BASE_URL NOUS_PORTAL_BASE_URL NOUS_INFERENCE_BASE_URL'
marker='set by hermes-boot from the container'
umask 022

say() { printf 'stage2: %s\n' "$*"; }
warn() { say "warning: $*"; }

# id(1) and getent(1) know nothing of the accounts of another root: awk reads its files instead.
passwd=$root/etc/passwd
group=$root/etc/group
self=$(id -u)
uid=$(awk -F: '$1 == "hermes" { print $3; exit }' "$passwd")
gid=$(awk -F: '$1 == "hermes" { print $4; exit }' "$passwd")

# guard
if [ "$self" != 0 ] && [ "$self" != "$uid" ]; then
  cat >&2 << END
This container was started as user $self. It starts as root, and its services then run as hermes.
Leave out --user, and set HERMES_UID and HERMES_GID (or PUID and PGID) to your own ids instead.
END
  exit 1
fi

as_hermes() {
  if [ "$self" != 0 ]; then
    "$@"
  elif command -v s6-setuidgid > /dev/null; then
    s6-setuidgid "$uid:$gid" "$@"
  else
    setpriv --reuid "$uid" --regid "$gid" --clear-groups "$@"
  fi
}

# home
[ -d "$home" ] || mkdir -p "$home"

valid_id() {
  case $1 in
    '' | 0* | *[!0-9]* | ??????*) return 1 ;;
  esac
  [ "$1" -le 65534 ]
}

# identity
remap() {
  wanted_uid=${HERMES_UID:-${PUID:-}}
  wanted_gid=${HERMES_GID:-${PGID:-}}
  if ! valid_id "$wanted_uid"; then
    [ -z "$wanted_uid" ] || warn "the user id $wanted_uid is not one of 1 to 65534"
  elif [ "$wanted_uid" != "$uid" ]; then
    say "hermes gets user id $wanted_uid"
    usermod ${root:+-R "$root"} -u "$wanted_uid" hermes || warn 'usermod failed'
    uid=$(awk -F: '$1 == "hermes" { print $3; exit }' "$passwd")
  fi
  if ! valid_id "$wanted_gid"; then
    [ -z "$wanted_gid" ] || warn "the group id $wanted_gid is not one of 1 to 65534"
  elif [ "$wanted_gid" != "$gid" ]; then
    say "hermes gets group id $wanted_gid"
    groupmod ${root:+-R "$root"} -o -g "$wanted_gid" hermes || warn 'groupmod failed'
    gid=$(awk -F: '$1 == "hermes" { print $4; exit }' "$passwd")
  fi
}
[ "$self" != 0 ] || remap
owner=$uid:$gid

# Whether a path, or a directory between it and the home, is a link.
refused() {
  at=$1
  while [ ! -L "$at" ]; do
    [ "$at" != "$home" ] || return 1
    at=${at%/*}
  done
  warn "$1 is left alone: $at is a link"
}

# socket-group, gpu-groups
join_group_of() {
  node_gid=$(stat -c %g "$1")
  groups=$(awk -F: '("," $4 ",") ~ ",hermes," { printf "%s ", $3 }' "$group")
  case " $gid $groups" in
    *" $node_gid "*) return 0 ;;
  esac
  if [ "$node_gid" = 0 ]; then
    warn "$1 belongs to group 0, which hermes does not join"
    return 0
  fi
  name=$(awk -F: -v gid="$node_gid" '$3 == gid { print $1; exit }' "$group")
  if [ -z "$name" ]; then
    name=$2
    groupadd ${root:+-R "$root"} -g "$node_gid" "$name" || warn "no group $name can be made"
  fi
  usermod ${root:+-R "$root"} -a -G "$name" hermes || warn "hermes may not use $1"
}
if [ "$self" = 0 ]; then
  for socket in "$root/var/run/docker.sock" "$root/run/docker.sock"; do
    [ -S "$socket" ] || continue
    join_group_of "$socket" hostdocker
    break
  done
  for node in "$root"/dev/dri/*; do
    [ ! -e "$node" ] || join_group_of "$node" hostgpu
  done
fi

# fly-socket
fly=$root/.fly/api
if [ -S "$fly" ] && [ "$(stat -c %g "$fly")" != "$gid" ]; then
  { chgrp "$gid" "$fly" && chmod g+w "$fly"; } || warn 'the socket of Fly Machines stays closed'
fi

# build-trees
if [ -e "$install/.venv" ] && [ "$(stat -c %u:%g "$install/.venv")" != "$owner" ]; then
  for tree in ui-tui node_modules gateway .venv; do
    [ ! -e "$install/$tree" ] || chown -hR "$owner" "$install/$tree" || warn "$tree is not writable"
  done
fi

# ownership
own() {
  if [ ! -e "$1" ] || refused "$1"; then return 0; fi
  [ "$(stat -c %u:%g "$1")" = "$owner" ] || chown -h "$owner" "$1" || warn "$1 keeps its owner"
}
own_tree() {
  if [ ! -e "$1" ] || refused "$1"; then return 0; fi
  [ -n "$(find "$1" -xdev \( ! -uid "$uid" -o ! -gid "$gid" \) -print -quit)" ] || return 0
  chown -hR "$owner" "$1" || warn "$1 keeps its owners; is this a rootless container?"
}
own "$home"
for tree in cron sessions logs hooks memories skills skins plans workspace home profiles pairing \
  platforms/pairing lazy-packages installs backups; do
  own_tree "$home/$tree"
done
for file in auth.json auth.lock .env state.db state.db-shm state.db-wal hermes_state.db \
  response_store.db response_store.db-shm response_store.db-wal gateway.pid gateway.lock \
  gateway_state.json processes.json active_profile config.yaml SOUL.md; do
  own "$home/$file"
done

# directories
set --
for name in cron sessions logs logs/gateways hooks memories skills skins plans workspace home \
  pairing platforms/pairing; do
  [ -L "$home/$name" ] || set -- "$@" "$home/$name"
done
as_hermes mkdir -p "$@" || warn 'not every directory could be made'

# seed-env, seed-config, seed-soul
seed() {
  if [ -f "$home/$1" ] || refused "$home/$1"; then return 0; fi
  if [ ! -f "$install/$2" ]; then
    warn "the image has no $2: $1 stays missing"
    return 0
  fi
  { as_hermes cp "$install/$2" "$home/$1" && chmod "$3" "$home/$1"; } || warn "no $1 is made"
}
seed .env .env.example 600
seed config.yaml cli-config.yaml.example 640
seed SOUL.md docker/SOUL.md 644

# auth
auth=$home/auth.json
if [ ! -e "$auth" ] && [ -n "${HERMES_AUTH_JSON_BOOTSTRAP:-}" ] && ! refused "$auth"; then
  (
    umask 077
    printf %s "$HERMES_AUTH_JSON_BOOTSTRAP" > "$auth"
    chown -h "$owner" "$auth"
  ) || warn 'auth.json cannot be written'
fi

# config
python=$install/.venv/bin/python
export HERMES_HOME="$home" HERMES_INSTALL="$install"
migration=$install/scripts/docker_config_migrate.py
if [ -f "$home/config.yaml" ] && [ -x "$python" ] && [ -f "$migration" ]; then
  case ${HERMES_SKIP_CONFIG_MIGRATION:-} in
    1 | true | yes | on) say 'the migration of config.yaml is skipped' ;;
    *) as_hermes "$python" "$migration" || warn 'the migration of config.yaml failed' ;;
  esac
fi

# What is written to a .env is written as hermes: a link that hermes puts there leads root nowhere.
append() {
  # shellcheck disable=SC2016
  as_hermes sh -c 'umask 077; [ -z "$(tail -c 1 "$1" 2> /dev/null)" ] || echo >> "$1"
    printf "%s\n" "$2" >> "$1"' append "$1" "$2"
}

# api-key
key() {
  if [ -n "${API_SERVER_KEY:-}" ]; then
    if grep -q '^API_SERVER_KEY=.' "$1" 2> /dev/null; then
      warn 'API_SERVER_KEY stands in .env, too, and that one counts'
      return 0
    fi
    [ "${#API_SERVER_KEY}" -ge 16 ] || warn 'API_SERVER_KEY has fewer than 16 characters'
  elif grep -q '^API_SERVER_KEY=.' "$1" 2> /dev/null || refused "$1"; then
    return 0
  fi
  if grep -q '^API_SERVER_KEY=$' "$1" 2> /dev/null; then
    as_hermes sed -i '/^API_SERVER_KEY=$/d' "$1"
  fi
  [ -z "${API_SERVER_KEY:-}" ] || return 0
  append "$1" "API_SERVER_KEY=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')"
  say 'a new API_SERVER_KEY is written to .env'
}
key "$home/.env" || warn 'no API_SERVER_KEY can be written'

# routing
route() {
  name=$1
  eval "value=\${$name:-}"
  shift
  if [ -z "$value" ]; then
    grep -l "^$name=.* # $marker\$" "$@" 2> /dev/null | while IFS= read -r file; do
      as_hermes sed -i "/^$name=.* # $marker\$/d" "$file"
    done
    return 0
  fi
  line="$name=\"$(printf %s "$value" | sed 's/["\\]/\\&/g')\" # $marker"
  # shellcheck disable=SC2016
  for file; do [ -e "$file" ] || as_hermes sh -c 'umask 077; : > "$1"' make "$file"; done
  grep -LxF "$line" "$@" | while IFS= read -r file; do
    as_hermes sed -i "/^$name=/d" "$file"
    append "$file" "$line"
  done
}
set -- "$home/.env"
for profile in "$home"/profiles/*/; do
  [ ! -d "$profile" ] || [ -L "${profile}.env" ] || set -- "$@" "${profile}.env"
done
for variable in $routes; do
  route "$variable" "$@" || warn "$variable is not in every .env"
done

# env-file, config-file
keep_mode() {
  if [ ! -f "$1" ] || refused "$1"; then return 0; fi
  [ "$(stat -c '%u:%g %a' "$1")" = "$owner $2" ] || { chown -h "$owner" "$1" && chmod "$2" "$1"; } ||
    warn "$1 keeps its rights"
}
keep_mode "$home/.env" 600
keep_mode "$home/config.yaml" 640

# stamp
stamp=$home/.install_method
if [ -f "$stamp" ] && [ "$(tr -d '[:space:]' < "$stamp")" = docker ]; then rm -f "$stamp"; fi

# gateway-state
state=$home/gateway_state.json
if [ ! -e "$state" ] && [ "${HERMES_GATEWAY_BOOTSTRAP_STATE:-}" = running ] && ! refused "$state"; then
  printf '{"gateway_state":"running"}\n' > "$state"
  chown -h "$owner" "$state"
fi

# The skills of the image.
skills=$install/tools/skills_sync.py
if [ -d "$install/skills" ] && [ -x "$python" ] && [ -f "$skills" ]; then
  as_hermes "$python" "$skills" || warn 'the skills of the image could not be synced'
fi

# scratch
scratch=$root/tmp/hermes-files
if [ -L "$scratch" ]; then
  warn "$scratch is a link: left alone"
elif [ -d "$scratch" ]; then
  [ "$(stat -c '%u:%g %a' "$scratch")" = "$owner 700" ] || warn "$scratch is not private"
else
  mkdir -m 700 "$scratch"
  chown -h "$owner" "$scratch"
fi

# browser-path
browsers=$root${PLAYWRIGHT_BROWSERS_PATH:-}
if [ -z "${AGENT_BROWSER_EXECUTABLE_PATH:-}" ] && [ -n "${PLAYWRIGHT_BROWSERS_PATH:-}" ] &&
  [ -d "$browsers" ]; then
  browser=$(find "$browsers" -type f -perm /111 \( -name chrome -o -name chromium \
    -o -name chrome-headless-shell -o -name headless_shell -o -name chromium-browser \) -print -quit)
  variable=$envdir/AGENT_BROWSER_EXECUTABLE_PATH
  if [ -z "$browser" ]; then
    warn "no browser below $PLAYWRIGHT_BROWSERS_PATH"
  elif [ ! -f "$variable" ] || [ "$(cat "$variable")" != "${browser#"$root"}" ]; then
    mkdir -p "$envdir"
    printf %s "${browser#"$root"}" > "$variable"
  fi
fi

say 'setup complete, starting services'
