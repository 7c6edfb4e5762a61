"""Words that were retired for the field's own (see `shared/design/joints.md`); nobody brings them back."""

from __future__ import annotations

import re
import subprocess
import tokenize
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What stood in the house's own dialect, and what it is called now.
IDENTIFIERS = {
    "RedisAway": "RedisUnavailable",
    "HotError": "RedisCommandError",
    "HotSettings": "RedisSettings",
    "Trips": "RoundTrips",
    "Fragments": "cards",
    "map_drawn": "map_cards",
    "bury": "put_tombstone",
    "lay_page": "build_page",
    "lay_edges": "build_edge_page",
    "Standing": "RateLimitState",
    "Charge": "Cost",
    "give_back": "refund",
    "KEPT_AT_MOST": "MAX_CACHED",
    "LIFE": "TTL",
    "LIFE_S": "TTL_S",
    "PATIENCE": "TIMEOUT",
    "PATIENCE_S": "TIMEOUT_S",
    "tell_ended": "revoke_in_cache",
    "announce_ended": "cache_revocations",
    "key_mark": "key_revocation_id",
    "set_aside": "mark_down",
    "naming_trouble": "translate_connection_errors",
    "Declared": "EndpointSpec",
    "Whole": "IntRange",
    "Moment": "UtcDateTime",
    "FreeJson": "JsonLimit",
    "follow_account": "sync_account_status",
    "show_or_hide": "set_profile_visibility",
    "open_profile": "create_profile",
    "first_party": "allauth_middleware",
    "Deed": "Action",
    "to_faults": "to_input_errors",
    "keep_answer": "store_response",
}
PHRASES = [
    "bears a repeat",
    "who has it already",
    "is nobody's id",
    "do not fit together",
    "as many as anybody may",
    "as many as any may",
    "rings the broker's bell",
    "doorbell",
]
# People are "they"; nobody's sex is known here.
PRONOUNS = ["he", "his", "him", "himself"]
OWN = Path("tests/architecture/test_words.py")


@cache
def _sources() -> list[Path]:
    """Everything people read or write by hand, but what is frozen or generated."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
    names = (Path(name) for name in listed.stdout.splitlines())
    return [
        name
        for name in names
        if name.suffix in {".py", ".md", ".lua", ".html", ".txt", ".ts"}
        and name != OWN
        and "migrations" not in name.parts
        and not any(part.startswith("generated") for part in name.parts)
        and name.parts[0] != "requirements"
    ]


def _found(pattern: str, names: list[Path]) -> list[str]:
    """Each line that has it, as `file:line: text`."""
    wanted = re.compile(pattern)
    return [
        f"{name}:{number}: {line.strip()}"
        for name in names
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1)
        if wanted.search(line)
    ]


@cache
def _places_of_names() -> dict[str, list[str]]:
    """Where each name stands in code, as `file:line`; words of comments and texts are no names."""
    found: dict[str, list[str]] = {}
    for path in _sources():
        if path.suffix == ".py":
            with tokenize.open(ROOT / path) as source:
                for token in tokenize.generate_tokens(source.readline):
                    if token.type == tokenize.NAME and token.string in IDENTIFIERS:
                        found.setdefault(token.string, []).append(f"{path}:{token.start[0]}")
    return found


class TestWords:
    @pytest.mark.parametrize("word", IDENTIFIERS)
    def test_of_the_old_dialect_name_nothing_in_code(self, word):
        assert _places_of_names().get(word, []) == []

    @pytest.mark.parametrize("phrase", PHRASES)
    def test_of_the_old_dialect_are_read_nowhere(self, phrase):
        assert _found(re.escape(phrase), _sources()) == []

    def test_make_no_man_of_anybody(self):
        assert _found(rf"(?i)(?<![\w-])({'|'.join(PRONOUNS)})\b", _sources()) == []
