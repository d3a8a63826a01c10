"""Replay every recording and print the count: `uv run python tests-integration/recordings/report.py`.

Exit status 0 when nothing failed, 1 when something did, 2 when there are no recordings beside the repository.
"""

import asyncio
import sys
from pathlib import Path

from wire_replay import Recording, RecordingServer, Replayer, Tally, find_recordings, judge, load


async def replay(recordings: list[Recording]) -> Tally:
    """Every recording through the public client, judged by the independent reading of its bytes."""
    tally = Tally()
    async with RecordingServer(recordings) as server, Replayer(server) as replayer:
        tally.add(judge(recording, outcome) for recording, outcome in await replayer.play_all(recordings))
    return tally


def main() -> int:
    """Run and print."""
    folder = find_recordings(Path(__file__))
    if folder is None:
        print("there is no shared/recordings folder beside the repository; put the recordings there", file=sys.stderr)
        return 2
    tally = asyncio.run(replay(load(folder)))
    print("\n".join(tally.lines()))
    return 1 if tally.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
