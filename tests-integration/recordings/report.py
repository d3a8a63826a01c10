"""Replay every recording and print the count: `uv run python tests-integration/recordings/report.py [FOLDER]`.

FOLDER holds recordings in the same files; without it they are those beside the repository. Exit status 0 when nothing
failed, 1 when something did, 2 when there are no recordings.
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
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else find_recordings(Path(__file__))
    recordings = load(folder) if folder is not None else []
    if not recordings:
        print("no recordings; put them into shared/recordings beside the repository, or name a folder", file=sys.stderr)
        return 2
    tally = asyncio.run(replay(recordings))
    print("\n".join(tally.lines()))
    return 1 if tally.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
