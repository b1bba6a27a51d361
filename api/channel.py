"""A channel: a way patients reach us. One file per channel in `channels/`, each with a CHANNEL."""

import pkgutil
from dataclasses import dataclass
from importlib import import_module

from fastapi import APIRouter

import api.channels
from knowledge_graph.domain.errors import MedbrainError


class ChannelInvalid(MedbrainError):
    """A file in channels/ does not define what it must; the message names it."""

    code = "channel_invalid"


@dataclass(frozen=True, slots=True)
class Channel:
    """What a channel's file defines: its name and its routes.

    A channel turns what its platform sends into `Incoming`, calls `take_turn`, and turns the
    messages back. It decides nothing about medicine and keeps nothing of its own.
    """

    name: str
    router: APIRouter


def discover_channels() -> tuple[Channel, ...]:
    """Every channel, by name. Raises ChannelInvalid naming the file that has none."""
    found: dict[str, Channel] = {}
    for module in pkgutil.iter_modules(api.channels.__path__):
        channel = getattr(import_module(f"api.channels.{module.name}"), "CHANNEL", None)
        if not isinstance(channel, Channel):
            raise ChannelInvalid(
                f"api/channels/{module.name}.py must define CHANNEL = Channel(name, router)"
            )
        if channel.name in found:
            raise ChannelInvalid(f"Two files in api/channels define the channel {channel.name!r}")
        found[channel.name] = channel
    return tuple(found[name] for name in sorted(found))
