"""The settings: what there is to set, and how it is read.

What each setting means stands in config.toml. It must not know what a setting is used for.
"""

from bot.config.loading import find_config, load_config
from bot.config.sections import Config, DiscordSection

__all__ = ["Config", "DiscordSection", "find_config", "load_config"]
