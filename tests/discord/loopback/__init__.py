"""A stand-in for Discord on 127.0.0.1: its HTTP API and its gateway, for unmodified discord.py. See ../README.md."""

from tests.discord.loopback.exchange import Answer, Interaction, Kind
from tests.discord.loopback.faults import ALWAYS, Fault
from tests.discord.loopback.gateway import Stage
from tests.discord.loopback.messages import Message
from tests.discord.loopback.people import Member, Permission, Role, User
from tests.discord.loopback.places import Channel, ChannelType, Guild
from tests.discord.loopback.server import Loopback
from tests.discord.loopback.world import BOT_TOKEN

__all__ = [
    "ALWAYS",
    "BOT_TOKEN",
    "Answer",
    "Channel",
    "ChannelType",
    "Fault",
    "Guild",
    "Interaction",
    "Kind",
    "Loopback",
    "Member",
    "Message",
    "Permission",
    "Role",
    "Stage",
    "User",
]
