"""Stands in for docker_config_migrate.py of the agent: compares the version of config.yaml, read as
YAML as the agent does, with the one that the image expects. There is nothing to migrate."""

import ast
import os
import sys

import yaml

home, install = os.environ["HERMES_HOME"], os.environ["HERMES_INSTALL"]
with open(os.path.join(home, "config.yaml"), encoding="utf-8") as file:
    config = yaml.safe_load(file) or {}
with open(os.path.join(install, "hermes_cli", "config.py"), encoding="utf-8") as file:
    tree = ast.parse(file.read())
defaults = next(node.value for node in tree.body if isinstance(node, ast.Assign))
if config.get("_config_version", 0) < ast.literal_eval(defaults)["_config_version"]:
    sys.exit("config.yaml is older than the image")
