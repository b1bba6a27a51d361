"""Decision support and literature search over HTTP, one request after the other."""

import time
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.bench.figures import percentile, table
from tests.support.service import Service

VIGNETTES = Path(__file__).parents[1] / "clinical" / "vignettes"
QUESTIONS = (
    "what is gout?",
    "treatment of iron deficiency anemia",
    "does lithium cause tremor",
    "symptoms of multiple sclerosis",
    "带状疱疹怎么治疗",
    "how is celiac disease diagnosed",
)
ROUNDS = 3


def measure(service: Service) -> str:
    """p50, p95 and p99 of each of the doctor's two requests."""
    cases = [
        {"age_years": v["age"], "sex": v["sex"], "note": v["text"], "language": v["language"]}
        for path in sorted(VIGNETTES.glob("*.yml"))
        for v in yaml.safe_load(path.read_text("utf-8"))
    ]
    questions = [{"question": question} for question in QUESTIONS] * 10
    with service.client("doctor") as client:
        rows = [
            _row("POST /v1/decision-support", client, "/v1/decision-support", cases * ROUNDS),
            _row("POST /v1/literature", client, "/v1/literature", questions),
        ]
    return table(["request", "requests", "p50 ms", "p95 ms", "p99 ms"], rows)


def _row(name: str, client: httpx.Client, path: str, bodies: list[dict[str, Any]]) -> list[object]:
    client.post(path, json=bodies[0]).raise_for_status()
    seconds = []
    for body in bodies:
        began = time.perf_counter()
        client.post(path, json=body).raise_for_status()
        seconds.append(time.perf_counter() - began)
    return [name, len(seconds), *(f"{1000 * percentile(seconds, p):.0f}" for p in (50, 95, 99))]
