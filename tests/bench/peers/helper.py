"""Stands in for two Python helpers of the agent, by the name that it is started under.

docker_config_migrate.py compares the version of config.yaml with the one that the image expects;
skills_sync.py compares the skills of the image with the manifest in the home. Both do next to
nothing when there is nothing to do, and import next to nothing: the agent's own take longer.
`helper.py busy SECONDS FILE` is a helper that has work to do: it takes a time of one processor
and leaves a file behind.
"""

import json
import os
import re
import shutil
import sys


def migrate(home, install):
    path = os.path.join(home, "config.yaml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(os.path.join(install, "hermes_cli", "config.py"), encoding="utf-8") as file:
        wanted = int(re.search(r'"_config_version":\s*(\d+)', file.read()).group(1))
    found = re.search(r"^_config_version:\s*(\d+)", text, re.M)
    version = int(found.group(1)) if found else 0
    if version >= wanted:
        return
    print(json.dumps({"from": version, "to": wanted}))
    line = f"_config_version: {wanted}"
    if found:
        text = text[: found.start()] + line + text[found.end() :]
    else:
        text = f"{line}\n{text}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def hash_of(directory):
    import hashlib

    digest = hashlib.md5()
    files = []
    for at, _, names in os.walk(directory):
        files += [os.path.relpath(os.path.join(at, name), directory) for name in names]
    for name in sorted(files):
        with open(os.path.join(directory, name), "rb") as file:
            digest.update(name.encode() + file.read())
    return digest.hexdigest()


def sync_skills(home, install):
    bundled = os.path.join(install, "skills")
    path = os.path.join(home, "skills", ".bundled_manifest")
    manifest = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            manifest = dict(line.strip().split(":", 1) for line in file)
    before = dict(manifest)
    for at, _, names in os.walk(bundled):
        if "SKILL.md" not in names:
            continue
        name = os.path.basename(at)
        digest = hash_of(at)
        if manifest.get(name) == digest:
            continue
        target = os.path.join(home, "skills", os.path.relpath(at, bundled))
        if not os.path.exists(target):
            shutil.copytree(at, target)
        manifest[name] = digest
    if manifest != before:
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"{name}:{manifest[name]}\n" for name in sorted(manifest))


def be_busy(seconds, path):
    import time

    while time.process_time() < seconds:
        pass
    with open(path, "w", encoding="utf-8"):
        pass


if sys.argv[1:2] == ["busy"]:
    be_busy(float(sys.argv[2]), sys.argv[3])
else:
    home, install = os.environ["HERMES_HOME"], os.environ["HERMES_INSTALL"]
    if os.path.basename(sys.argv[0]) == "skills_sync.py":
        sync_skills(home, install)
    else:
        migrate(home, install)
