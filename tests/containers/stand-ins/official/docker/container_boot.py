"""Stands in for the official reconciler of gateways: as hermes, makes the slots of all profiles by
itself and registers them down, but for the one that ran."""

import json
import os
import shutil
import subprocess
import time

HOME, SCANDIR = os.environ.get("HERMES_HOME", "/opt/data"), "/run/service"
RUN = """#!/command/with-contenv sh
export HOME=/opt/data
cd /opt/data
exec s6-setuidgid hermes /opt/hermes/.venv/bin/hermes{profile} gateway run
"""


def wanted(home):
    try:
        with open(f"{home}/gateway_state.json", encoding="utf-8-sig") as file:
            state = json.load(file)
    except (OSError, ValueError):
        return False, None
    found = state.get("desired_state") or state.get("gateway_state")
    return found in ("running", "draining", "degraded"), found


def register(name, home, words):
    for stale in ["gateway.pid", "processes.json"]:
        if os.path.exists(f"{home}/{stale}"):
            os.remove(f"{home}/{stale}")
    start, before = wanted(home)
    slot, made = f"{SCANDIR}/gateway-{name}", f"{SCANDIR}/.gateway-{name}.tmp"
    os.makedirs(made)
    with open(f"{made}/run", "w", encoding="utf-8") as file:
        file.write(RUN.format(profile=words))
    os.chmod(f"{made}/run", 0o755)
    if not start:
        open(f"{made}/down", "w").close()
    shutil.rmtree(slot, ignore_errors=True)
    os.rename(made, slot)
    with open(f"{HOME}/logs/container-boot.log", "a", encoding="utf-8") as file:
        at = time.strftime("%Y-%m-%dT%H:%M:%S%z")
        action = "started" if start else "registered"
        file.write(f"{at} profile={name} prior_state={before} action={action} prior_exit=unknown\n")


profiles = f"{HOME}/profiles"
register("default", HOME, "")
for profile in sorted(os.listdir(profiles)) if os.path.isdir(profiles) else []:
    if os.path.exists(f"{profiles}/{profile}/SOUL.md"):
        register(profile, f"{profiles}/{profile}", f" -p {profile}")
subprocess.run(["s6-svscanctl", "-a", SCANDIR], check=True)
