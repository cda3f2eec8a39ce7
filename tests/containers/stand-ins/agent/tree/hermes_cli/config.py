DEFAULTS = {"_config_version": 12}
