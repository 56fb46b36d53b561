"""The settings: what there is to set, and how it is read; what each setting means stands in config.toml."""
