"""Each hostile file is refused for what it is, or cleaned; none costs much, nor harms the next."""

from __future__ import annotations

import os
import socket

import pytest

from modules.media.processing import Reason, process
from modules.media.processing.limits import MAX_BYTES
from tests.media.processing.hostile import CASES
from tests.media.processing.made import CANARY, quarters, saved

# Of the largest that is decoded: 4900 x 4900 of four colors, all held.
MOST_KIB = 256 * 1024
MOST_CPU_S = 5
SMALL_KIB = 48 * 1024


class TestProcess:
    @pytest.mark.parametrize("name", CASES)
    def test_refuses_or_cleans(self, processed, name):
        make, reason = CASES[name]

        outcome, target = processed(make())

        assert (outcome.ok, outcome.reason) == (reason is None, reason), outcome.detail
        assert outcome.cpu_s < MOST_CPU_S
        assert 0 < outcome.peak_kib < (SMALL_KIB if reason else MOST_KIB)
        made = list(target.iterdir())
        assert len(made) == (0 if reason else 4)
        assert not any(CANARY in each.read_bytes() for each in made)

    def test_takes_no_file_that_is_none(self, tmp_path):
        """A link, a pipe that gives nothing, what has no end: none is read, and none is waited for."""
        target, picture = tmp_path / "target", tmp_path / "picture"
        target.mkdir()
        picture.write_bytes(saved(quarters(), "PNG"))
        (tmp_path / "link").symlink_to(picture)
        os.mkfifo(tmp_path / "pipe")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(tmp_path / "socket"))

        for source in ("link", "pipe", "socket", "target", "missing", "/dev/zero"):
            outcome = process(tmp_path / source, target)

            assert (outcome.ok, outcome.reason) == (False, Reason.NOT_A_FILE), source
        listener.close()

    def test_reads_no_more_than_it_may(self, tmp_path):
        source = tmp_path / "large"
        with source.open("wb") as file:
            file.write(saved(quarters(), "PNG"))
            file.truncate(MAX_BYTES + 1)

        outcome = process(source, tmp_path)

        assert outcome.reason == Reason.TOO_MANY_BYTES
        assert outcome.peak_kib < SMALL_KIB

    def test_overwrites_nothing(self, tmp_path):
        """A link where a variant goes would lead the child out of its folder."""
        source, target, elsewhere = tmp_path / "source", tmp_path / "target", tmp_path / "elsewhere"
        source.write_bytes(saved(quarters(), "PNG"))
        target.mkdir()
        elsewhere.write_bytes(b"as it was")
        (target / "feed.webp").symlink_to(elsewhere)

        outcome = process(source, target)

        assert (outcome.ok, outcome.reason) == (False, Reason.UNPROCESSABLE)
        assert elsewhere.read_bytes() == b"as it was"
