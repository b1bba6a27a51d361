"""Where the queue is: files in MEDBRAIN_VAR by default, else the broker of the settings."""

import socket
from typing import Any
from urllib.parse import urlsplit

from api.settings import Settings
from knowledge_graph.domain.errors import DependencyDown

READY_FILE = "worker-is-ready"
"""What a worker writes into the queue's folder when it takes jobs."""
_PORTS = {"redis": 6379, "rediss": 6379, "amqp": 5672, "amqps": 5671}
_VISIBILITY_SECONDS = 6 * 3600
"""Longer than any ingest: a broker that hands a running job out again would start it twice."""


def celery_settings(settings: Settings) -> dict[str, Any]:
    """Celery's configuration. With files, makes the folders they lie in."""
    shared: dict[str, Any] = {
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_default_queue": "medbrain",
        "broker_connection_retry_on_startup": True,
        "broker_connection_timeout": 3,
        "worker_send_task_events": False,
        "worker_hijack_root_logger": False,
        "enable_utc": True,
    }
    if settings.broker_url is not None:
        options: dict[str, Any] = {"socket_connect_timeout": 3, "socket_timeout": 10}
        if settings.broker_url.startswith("redis"):
            options["visibility_timeout"] = _VISIBILITY_SECONDS
        else:
            options = {}
        return shared | {
            "broker_url": settings.broker_url,
            "broker_transport_options": options,
        }
    queue = settings.queue_folder / "queue"
    control = settings.queue_folder / "control"
    for folder in (queue, control):
        folder.mkdir(parents=True, exist_ok=True)
    return shared | {
        "broker_url": "filesystem://",
        "broker_transport_options": {
            "data_folder_in": str(queue),
            "data_folder_out": str(queue),
            "control_folder": str(control),
            "polling_interval": 0.2,
        },
    }


def check_queue(settings: Settings, wait_seconds: float) -> None:
    """Raises DependencyDown when the broker of the settings takes no connection."""
    if settings.broker_url is None:
        return
    parts = urlsplit(settings.broker_url)
    address = (parts.hostname or "localhost", parts.port or _PORTS[parts.scheme])
    try:
        socket.create_connection(address, timeout=wait_seconds).close()
    except OSError:
        raise queue_down() from None


def queue_down() -> DependencyDown:
    """The error to raise when the queue takes nothing."""
    return DependencyDown(
        "The queue", "Start the broker that MEDBRAIN_BROKER_URL names, or correct the address."
    )
