"""What a long-lived process needs to take in new events: seconds to begin, then for each file.

`python -m benchmarks.refresh STORE AT FILE…`: each file is recorded and then followed; prints
one JSON object.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import datetime

from consumers.files import Summary, import_files
from consumers.intake import Intake
from projections.mirror import columns_folder
from projections.present import Present
from projections.segments import Segments
from record.clock import SystemClock
from record.log import Log


def main(url: str, at: str, files: list[str]) -> None:
    """Begin, take in each file, and print how long it took."""
    with Log(url) as log:
        begun = time.perf_counter()
        segments = Segments(columns_folder(log.url), log.id)
        present = Present(log, segments, datetime.fromisoformat(at))
        began = time.perf_counter() - begun
        took = []
        for name in files:
            import_files(Intake(log), [name], SystemClock(), Summary())
            begun = time.perf_counter()
            done = present.refresh(present.at)
            took.append((done.events, done.visits, time.perf_counter() - begun))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps({"began": began, "refreshed": took, "memory": memory}))
        present.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
