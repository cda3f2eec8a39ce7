"""Stands in for the agent's reconciler of gateways (02-reconcile-profiles): reads each profile and
compares what its slot holds with what it should hold. Imports next to nothing but YAML: the agent's
own takes longer. There is nothing to change."""

import json
import os
import stat

import yaml

HOME, SCANDIR = os.environ.get("HERMES_HOME", "/opt/data"), "/run/service"


def text(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


profiles = os.path.join(HOME, "profiles")
names = sorted(os.listdir(profiles)) if os.path.isdir(profiles) else []
for name, home in [("default", HOME), *((name, os.path.join(profiles, name)) for name in names)]:
    yaml.safe_load(text(os.path.join(home, "config.yaml")))
    state = text(os.path.join(home, "gateway_state.json"))
    wanted = json.loads(state).get("gateway_state") == "running" if state else False
    slot = os.path.join(SCANDIR, f"gateway-{name}")
    for script in ["run", "finish", "log/run"]:
        path = os.path.join(slot, script)
        if text(path) and not stat.S_IMODE(os.stat(path).st_mode) & 0o111:
            raise SystemExit(f"{path} cannot be run")
    if wanted and os.path.exists(os.path.join(slot, "down")):
        raise SystemExit(f"{slot} is down")
