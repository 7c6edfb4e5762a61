"""What a card says of its text, cut out by node as any front end would."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.http import call
from tests.kit.people import sign_up

pytestmark = pytest.mark.django_db

BIN = Path(sys.executable).parent
TEXT = "👩🏽‍🚀 e\u0301 \U0001d4b3 @ada 🇳🇴#flåg_\U0001d4b3 é https://a.example/🌲 @ada"
PROGRAM = """
const card = JSON.parse(require("fs").readFileSync(0, "utf8"));
const points = Array.from(card.text);
console.log(JSON.stringify(card.entities.map((each) => [
  card.text.slice(each.utf16_start, each.utf16_end),
  points.slice(each.codepoint_start, each.codepoint_end).join(""),
])));
"""


def test_are_cut_out_by_javascript():
    author = sign_up("ada")
    card = call("POST", "/v1/posts", {"text": TEXT}, as_=author).body

    done = subprocess.run(
        [BIN / "node", "-e", PROGRAM], input=json.dumps(card), capture_output=True, text=True, check=True
    )

    expected = ["@ada", "#flåg_\U0001d4b3", "https://a.example/🌲", "@ada"]
    assert json.loads(done.stdout) == [[each, each] for each in expected]
