"""Whole conversations at once over HTTP: how long a patient waits for each answer."""

import itertools
from concurrent.futures import ThreadPoolExecutor

from tests.bench.figures import percentile, table
from tests.support.patient import Patient
from tests.support.service import Service

COMPLAINTS = (
    ("en", "I have a cough, a runny nose and a fever"),
    ("zh", "拉肚子，拉的是水，还吐了两次"),
    ("en", "It burns when I pee and I have to go all the time"),
    ("zh", "饭后烧心，躺下反酸"),
    ("en", "My lower back hurts since I lifted a box"),
)
CONVERSATIONS = {1: 6, 8: 32, 20: 60}


def measure(service: Service) -> str:
    """p50, p95 and p99 of a turn at 1, 8 and 20 conversations at once."""
    rows = []
    for at_once, conversations in CONVERSATIONS.items():
        seconds, ends = _hold(service, at_once, conversations)
        turns = [f"{1000 * percentile(seconds, p):.0f}" for p in (50, 95, 99)]
        rows.append([at_once, conversations, len(seconds), *turns, f"{ends} of {conversations}"])
    return table(
        ["at once", "conversations", "turns", "p50 ms", "p95 ms", "p99 ms", "reached an outcome"],
        rows,
    )


def _hold(service: Service, at_once: int, conversations: int) -> tuple[list[float], int]:
    complaints = list(itertools.islice(itertools.cycle(COMPLAINTS), conversations))
    with ThreadPoolExecutor(at_once) as pool:
        held = list(pool.map(lambda what: _one(service, *what), complaints))
    return [s for seconds, _ in held for s in seconds], sum(kind == "outcome" for _, kind in held)


def _one(service: Service, language: str, complaint: str) -> tuple[list[float], str]:
    with service.client() as client:
        patient = Patient(client, language, complaint=complaint)
        ended = patient.hold()
    return patient.seconds[1:], ended["kind"]
