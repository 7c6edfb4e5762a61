"""What breaks clients of an earlier contract, and what does not."""

from __future__ import annotations

import subprocess
from copy import deepcopy
from typing import Any

import pytest

from openapi.breaking import find_breaks
from openapi.management.commands.openapi import earlier

NOTE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["text"],
    "properties": {
        "text": {"type": "string", "maxLength": 100},
        "mood": {"type": "string", "enum": ["calm", "wild"]},
    },
}
JSON = "application/json"
OLD: dict[str, Any] = {
    "paths": {
        "/notes": {
            "post": {
                "operationId": "make_note",
                "security": [{"sessionToken": []}, {}],
                "parameters": [{"name": "sort", "in": "query", "schema": {"type": "string"}}],
                "requestBody": {"content": {JSON: {"schema": {"$ref": "#/components/schemas/Note"}}}},
                "responses": {
                    "201": {"content": {JSON: {"schema": {"$ref": "#/components/schemas/Card"}}}},
                    "409": {},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Note": NOTE,
            "Card": {
                "type": "object",
                "required": ["id"],
                "properties": {"id": {"type": "string"}, "next": {"$ref": "#/components/schemas/Card"}},
            },
        }
    },
}


def breaks(change) -> list[str]:
    """Return what one change to a copy of the contract breaks."""
    new = deepcopy(OLD)
    change(new["paths"]["/notes"]["post"], new["components"]["schemas"])
    return find_breaks(OLD, new)


class TestBreaks:
    @pytest.mark.parametrize(
        ("change", "told"),
        [
            (lambda op, _: op.update(operationId="new_note"), "operationId make_note became new_note"),
            (lambda op, _: op.update(security=[{"sessionToken": []}]), "no longer takes anonymous callers"),
            (lambda op, _: op.update(parameters=[]), "query parameter sort is removed"),
            (lambda op, _: op["parameters"][0].update(required=True), "query parameter sort is required"),
            (lambda op, _: op["requestBody"].update(required=True), "a body is required"),
            (lambda op, _: op["responses"].pop("409"), "answer 409 is removed"),
            (
                lambda op, _: op["responses"]["201"].update(content={}),
                "answer 201 is no longer application/json",
            ),
            (lambda _, of: of["Note"]["required"].append("mood"), "body.mood is required"),
            (lambda _, of: of["Note"]["properties"].pop("mood"), "body.mood is removed"),
            (
                lambda _, of: of["Note"]["properties"]["text"].update(maxLength=99),
                "body.text has maxLength 99",
            ),
            (lambda _, of: of["Note"]["properties"]["text"].update(minLength=1), "body.text has minLength 1"),
            (lambda _, of: of["Note"]["properties"]["text"].update(pattern="a"), "body.text has pattern a"),
            (
                lambda _, of: of["Note"]["properties"]["mood"].update(enum=["calm"]),
                "body.mood no longer takes wild",
            ),
            (
                lambda _, of: of["Note"]["properties"]["text"].update(type="integer"),
                "body.text was string and is integer",
            ),
            (lambda _, of: of["Card"].update(required=[]), "answer 201.id may be missing"),
            (
                lambda _, of: of["Card"]["properties"]["id"].update(type=["string", "null"]),
                "answer 201.id was string and is null or string",
            ),
            (
                lambda _, of: of["Card"]["properties"].update(
                    id={"anyOf": [{"type": "string"}, {"type": "null"}]}
                ),
                "answer 201.id was string and is null or string",
            ),
        ],
    )
    def test_are_told_one_by_one(self, change, told):
        assert breaks(change) == [f"POST /notes: {told}"]

    def test_name_a_field_that_is_no_longer_answered(self):
        assert "POST /notes: answer 201.id is removed" in breaks(
            lambda _, of: of["Card"]["properties"].pop("id")
        )

    def test_name_an_operation_that_is_gone(self):
        assert find_breaks(OLD, {**OLD, "paths": {}}) == ["POST /notes: removed"]

    @pytest.mark.parametrize(
        "change",
        [
            lambda op, _: None,
            lambda op, _: op["responses"].update({"410": {}}),
            lambda op, _: op["parameters"].append(
                {"name": "by", "in": "query", "schema": {"type": "string"}}
            ),
            lambda _, of: of["Note"]["properties"].update(color={"type": "string"}),
            lambda _, of: of["Note"]["properties"]["text"].update(maxLength=101),
            lambda _, of: of["Note"]["properties"]["mood"]["enum"].append("sad"),
            lambda _, of: of["Note"].update(required=[]),
            lambda _, of: of["Card"]["properties"].update(likes={"type": "integer"}),
            lambda _, of: of["Card"]["required"].append("next"),
            lambda _, of: of["Note"]["properties"].update(
                text={"anyOf": [of["Note"]["properties"]["text"], {"type": "null"}]}
            ),
        ],
    )
    def test_are_not_what_only_takes_or_gives_more(self, change):
        assert breaks(change) == []


class TestEarlier:
    def commit(self, folder, text: str) -> None:
        (folder / "banyan.yaml").write_text(text)
        for words in (["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "It."]):
            subprocess.run(["git", *words], cwd=folder, check=True)

    def test_is_what_was_committed_before_the_drawn_one(self, tmp_path):
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
        self.commit(tmp_path, "one")
        self.commit(tmp_path, "two")

        assert earlier(b"three", tmp_path / "banyan.yaml") == b"two"
        assert earlier(b"two", tmp_path / "banyan.yaml") == b"one"

    def test_is_the_drawn_one_where_git_knows_of_none(self, tmp_path):
        assert earlier(b"one", tmp_path / "banyan.yaml") == b"one"
