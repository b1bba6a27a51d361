"""Runs on Rasa's Python: reads sentences (JSON list) from stdin, prints each one's intent."""

import asyncio
import json
import sys
import warnings

warnings.filterwarnings("ignore")


async def main(model: str) -> None:
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    found = []
    for sentence in json.load(sys.stdin):
        parsed = await agent.parse_message(sentence)
        found.append([parsed["intent"]["name"], parsed["intent"]["confidence"]])
    print("\n" + json.dumps(found))


asyncio.run(main(sys.argv[1]))
