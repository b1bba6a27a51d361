"""Every channel that was found keeps the contract of api/channel.py."""

import sys
from types import ModuleType

import pytest
from fastapi import APIRouter

import api.channels
from api import channel
from api.channel import Channel, ChannelInvalid, discover_channels

CHANNELS = discover_channels()


def test_the_web_widget_is_found() -> None:
    assert [found.name for found in CHANNELS] == ["web_widget"]


@pytest.mark.parametrize("found", CHANNELS, ids=lambda found: found.name)
def test_a_channel_has_routes(found: Channel) -> None:
    assert found.router.routes


@pytest.mark.parametrize(
    ("defined", "fault"),
    [(None, "must define CHANNEL"), (Channel("web_widget", APIRouter()), "Two files")],
)
def test_a_file_that_breaks_the_contract_is_named(
    monkeypatch: pytest.MonkeyPatch, defined: Channel | None, fault: str
) -> None:
    module = ModuleType("api.channels.zebra")
    if defined is not None:
        module.CHANNEL = defined  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "api.channels.zebra", module)
    listed = [*channel.pkgutil.iter_modules(api.channels.__path__)]
    extra = channel.pkgutil.ModuleInfo(listed[0].module_finder, "zebra", False)
    monkeypatch.setattr(channel.pkgutil, "iter_modules", lambda path: [*listed, extra])
    with pytest.raises(ChannelInvalid, match=fault):
        discover_channels()
