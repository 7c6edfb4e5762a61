"""However a picture is broken, there is an outcome: no hang, no crash, no memory."""

from __future__ import annotations

import json
import subprocess
import sys

from config.env import ROOT
from modules.media.processing import Reason

EACH = 100


class TestProcess:
    def test_ends_with_an_outcome(self, tmp_path):
        run = subprocess.run(
            [sys.executable, "-m", "tests.media.processing.mutations", tmp_path, str(EACH)],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )

        became = json.loads(run.stdout)
        most = became.pop("most")
        assert {kind: sum(outcomes.values()) for kind, outcomes in became.items()} == {
            f"image/{kind}": EACH for kind in ("jpeg", "png", "gif", "webp", "avif")
        }
        assert {outcome for outcomes in became.values() for outcome in outcomes} <= {"ok", *Reason}
        assert most["kib"] < 64 * 1024
        assert most["cpu_ms"] < 2_000
