"""Videos are known by how they begin, and by nothing else."""

from __future__ import annotations

import pytest

from modules.media.processing import Reason, Refused, probe

WEBM = (
    b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x86\x81\1"
    b"\x42\xf7\x81\1\x42\xf2\x81\4\x42\xf3\x81\x08\x42\x82\x84webm"
)


def box(brand: bytes, length: int = 24) -> bytes:
    return length.to_bytes(4, "big") + b"ftyp" + brand + b"\0\0\2\0isomiso2"


class TestProbe:
    @pytest.mark.parametrize(
        ("head", "kind"),
        [
            (box(b"isom"), "video/mp4"),
            (box(b"mp42"), "video/mp4"),
            (box(b"iso9"), "video/mp4"),
            (box(b"qt  "), "video/quicktime"),
            (WEBM, "video/webm"),
        ],
    )
    def test_knows_its_container(self, head, kind):
        assert probe(head, 5_000) == (kind, 5_000)

    @pytest.mark.parametrize(
        ("head", "size", "reason"),
        [
            (b"", 0, Reason.EMPTY),
            (box(b"isom"), 500 * 1024 * 1024 + 1, Reason.TOO_MANY_BYTES),
            (box(b"heic"), 5_000, Reason.UNSUPPORTED_TYPE),
            (box(b"avif"), 5_000, Reason.UNSUPPORTED_TYPE),
            (box(b"isom", 9_000), 5_000, Reason.UNSUPPORTED_TYPE),
            (box(b"isom", 1), 5_000, Reason.UNSUPPORTED_TYPE),
            (WEBM.replace(b"\x84webm", b"\x88matroska"), 5_000, Reason.UNSUPPORTED_TYPE),
            (WEBM[:12] + b"\x42\x86\x81" * 80, 5_000, Reason.UNSUPPORTED_TYPE),
            (b"\x1a\x45\xdf\xa3" + b"\0" * 252, 5_000, Reason.UNSUPPORTED_TYPE),
            (b"\x1a\x45\xdf\xa3", 4, Reason.UNSUPPORTED_TYPE),
            (b"<script>ftypisom", 5_000, Reason.UNSUPPORTED_TYPE),
            (b"RIFF\0\0\0\0AVI LIST", 5_000, Reason.UNSUPPORTED_TYPE),
        ],
    )
    def test_refuses_everything_else(self, head, size, reason):
        with pytest.raises(Refused) as refused:
            probe(head, size)

        assert refused.value.reason == reason
