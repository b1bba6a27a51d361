"""`python -m tests.bench [--use FOLDER]`: measures on a service of its own, writes docs/benchmarks.md.

`--use FOLDER`: a folder that an earlier run filled (var/bench); first start and ingestion, which need
an empty one, are then not measured again.
"""

import argparse
import re
import shutil
import sys
import time
from pathlib import Path

from tests.bench import chat, doctor, symptom_check
from tests.bench.figures import machine, megabytes, resident_megabytes, table
from tests.support.service import ROOT, Service

PAGE = ROOT / "docs" / "benchmarks.md"
NAMES = ("rasa", "api.cli serve", "api.cli worker", "medbrain run")


def main() -> None:
    """Measure everything and write it down."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--use", type=Path, help="a folder that an earlier run filled")
    used: Path | None = parser.parse_args().use
    folder = used or ROOT / "var" / "bench"
    if used is None:
        shutil.rmtree(folder, ignore_errors=True)
    service = Service(folder)
    parts = {}
    say("first start (knowledge loaded, dialogue trained)")
    first = service.start()
    service.stop()
    if used is None:
        parts["first_start"] = _start_row("first: HPO and core loaded, Rasa trained", first)
        parts["ingest"] = ingest(service)
    say("second start")
    again = service.start()
    try:
        parts["start"] = _start_row("second", again)
        say("chat")
        parts["chat"] = chat.measure(service)
        say("decision support")
        parts["doctor"] = doctor.measure(service)
        parts["memory"] = memory(service)
    finally:
        service.stop()
    parts["sizes"] = sizes(folder)
    if symptom_check.DATA.is_dir():
        say("symptom check on public cases")
        parts |= symptom_check.measure()
    write(parts)


def _start_row(which: str, seconds: float) -> str:
    return table(["start", "seconds until everything answers"], [[which, f"{seconds:.0f}"]])


def say(step: str) -> None:
    """Tell what is being measured."""
    sys.stderr.write(f"==> {step}\n")


def ingest(service: Service) -> str:
    """Documents per second of whole ingestions, from the command to the published version."""
    data = ROOT / Path(service.environment.get("MEDBRAIN_DATA", "../shared/data"))
    sources = {
        "medquad": data / "medquad" / "medquad_with_answers.jsonl.gz",
        "pubtator": data / "bc5cdr",
        "fhir": data / "synthea_fhir_r4",
    }
    rows = []
    for source, path in sources.items():
        if not path.exists():
            rows.append([source, "not measured: no data", "", "", ""])
            continue
        say(f"ingest {source}")
        timed = []
        for _ in range(2):
            began = time.perf_counter()
            done = service.command("ingest", source, str(path), timeout=3000)
            timed.append(time.perf_counter() - began)
            assert done.returncode == 0, done.stdout + done.stderr
        read = re.search(r"read\D*([\d,]+)", done.stdout + done.stderr)
        documents = int(read[1].replace(",", "")) if read else 0
        rate = documents / timed[0]
        rows.append([source, f"{documents:,}", f"{timed[0]:.0f}", f"{rate:.0f}", f"{timed[1]:.0f}"])
    return table(
        ["source", "documents", "seconds", "documents/s", "again, unchanged: seconds"], rows
    )


def memory(service: Service) -> str:
    """Memory of each process after the load."""
    rows = []
    for pid, command in sorted(service.processes().items()):
        name = next((known for known in NAMES if known in command), "")
        if name:
            rows.append([name, f"{resident_megabytes(pid):.0f}"])
    return table(["process", "resident MB"], rows)


def sizes(folder: Path) -> str:
    """What the published knowledge and the models take on disk."""
    current = folder / "knowledge" / "versions" / (folder / "knowledge" / "current").read_text()
    rows = [[path.name, f"{megabytes(path):.1f}"] for path in sorted(current.iterdir())]
    rows += [["embedding model", f"{megabytes(folder / 'models'):.1f}"]]
    rows += [["records.sqlite", f"{megabytes(folder / 'records.sqlite'):.1f}"]]
    return table(["file", "MB"], rows)


def write(parts: dict[str, str]) -> None:
    """Put each part between its markers; what a person wrote around them stays."""
    page = PAGE.read_text("utf-8")
    parts["machine"] = f"Measured on {machine()}, {time.strftime('%Y-%m-%d')}."
    for name, text in parts.items():
        marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.S)
        page = marked.sub(lambda match, text=text: f"{match[1]}{text}\n{match[2]}", page)
    PAGE.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
