"""The contract as other people's generators of clients read it."""

import re
from collections import Counter

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

from modules.kernel import limits
from openapi.alternatives import Uniter
from openapi.codes import every_code
from openapi.examples import Sampler
from openapi.start import TAGS


@pytest.fixture(scope="module")
def whole():
    return SchemaGenerator(urlconf="config.urls").get_schema(request=None, public=True)


def operations(contract):
    return [
        (f"{method.upper()} {path}", part)
        for path, item in contract["paths"].items()
        for method, part in item.items()
        if isinstance(part, dict)
    ]


def bodies(contract):
    """Yield every schema of a request's body, and every part of it, references followed."""
    follow = Sampler(contract).resolve
    for name, part in operations(contract):
        for media in follow(part.get("requestBody", {})).get("content", {}).values():
            yield from ((name, each) for each in parts(follow, media["schema"], ()))


def parts(follow, schema, seen):
    schema = follow(schema)
    if not any(schema is each for each in seen):
        yield schema
        inner = [
            *schema.get("properties", {}).values(),
            schema.get("items"),
            schema.get("additionalProperties"),
        ]
        inner += [each for key in ("allOf", "anyOf", "oneOf") for each in schema.get(key, [])]
        for each in (each for each in inner if isinstance(each, dict)):
            yield from parts(follow, each, (*seen, schema))


class TestBodies:
    def test_hold_no_alternatives(self, whole):
        choosing = [name for name, part in bodies(whole) if {"anyOf", "oneOf", "allOf"} & part.keys()]

        assert choosing == []

    def test_are_required_where_anything_in_them_is(self, whole):
        follow = Sampler(whole).resolve
        optional = [
            name
            for name, part in operations(whole)
            for media in part.get("requestBody", {}).get("content", {}).values()
            if follow(media["schema"]).get("required") and not part["requestBody"].get("required")
        ]

        assert optional == []

    def test_of_logging_in_need_a_password_and_know_two_names(self, whole):
        shape = whole["components"]["schemas"]["AuthLogin"]

        assert (list(shape["properties"]), shape["required"]) == (
            ["username", "email", "password"],
            ["password"],
        )
        assert set(shape["example"]) == {"username", "password"}


class TestAnswers:
    def test_are_no_choice_of_objects(self, whole):
        choosing = [
            name
            for name, schema in whole["components"]["schemas"].items()
            if {"anyOf", "oneOf", "allOf"} & schema.keys()
        ]

        assert choosing == []

    def test_may_hold_null_where_allauth_answers_null(self, whole):
        never_used = {"type": "totp", "created_at": 1711555057.0, "last_used_at": None}
        schema = {**whole, "$ref": "#/components/schemas/AuthTOTPAuthenticator"}

        assert Draft202012Validator(schema).is_valid(never_used)


class TestNames:
    def test_of_schemas_and_operations_are_one_each_however_they_are_written(self, whole):
        named = [*whole["components"]["schemas"], *whole["components"]["parameters"]]
        ids = [part["operationId"] for _, part in operations(whole)]

        for names in (named, ids):
            plain = Counter(re.sub(r"\W|_", "", name).lower() for name in names)
            assert [name for name, count in plain.items() if count > 1] == []

    def test_of_what_nobody_has_are_nowhere(self, whole):
        assert "phone" not in str(whole).lower()


class TestUniter:
    CONTRACT = {
        "components": {
            "schemas": {
                "Base": {"type": "object", "properties": {"at": {"type": "number"}}, "required": ["at"]},
                "Text": {"type": "string"},
            }
        }
    }

    def write(self, schema):
        return Uniter(self.CONTRACT).write(schema)

    def test_requires_what_all_alternatives_require(self):
        one = {"type": "object", "properties": {"a": {}, "b": {}}, "required": ["a", "b"]}
        other = {"type": "object", "properties": {"b": {}, "c": {}}, "required": ["b", "c"]}

        made = self.write({"oneOf": [one, other]})

        assert made == {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "required": ["b"]}

    def test_lays_together_what_is_composed(self):
        made = self.write(
            {"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"of": {}}, "required": ["of"]}]}
        )

        assert made["properties"] == {"of": {}, "at": {"type": "number"}}
        assert made["required"] == ["at", "of"]

    def test_takes_every_value_of_a_field(self):
        kinds = [
            {
                "type": "object",
                "properties": {"kind": {"type": "string", "enum": [kind]}},
                "required": ["kind"],
            }
            for kind in ("totp", "webauthn")
        ]

        made = self.write({"type": "array", "items": {"anyOf": kinds}})

        assert made["items"]["properties"] == {"kind": {"type": "string", "enum": ["totp", "webauthn"]}}

    def test_leaves_what_is_no_object(self):
        schema = {"anyOf": [{"type": "string"}, {"type": "integer"}]}

        assert self.write(schema) == schema


class TestStart:
    def test_names_every_limit_with_its_figures_and_whom_it_counts(self, whole):
        rows = dict(
            re.findall(r"^\| `([\w-]+)` \| ([^|]+) \| [^|]+ \|$", whole["info"]["description"], re.MULTILINE)
        )

        declared = limits.list_declared()
        assert list(rows) == [limit.name for limit, _ in declared]
        # The last of each context that has any: its own are among them.
        assert {"anonymous", "sign-up", "second-factor", "notice-daily"} <= rows.keys()
        assert (rows["read"], rows["log-in-address"]) == ("1,500 in 5 min", "30 in 1 min")
        assert all(counts for _, counts in declared)

    def test_says_how_everything_is_called(self, whole):
        headings = re.findall(r"^## (.+)$", whole["info"]["description"], re.MULTILINE)

        assert headings == [
            "Signing in",
            "Ids, times, pages",
            "Repeats",
            "Errors",
            "Limits",
            "Freshness",
            "Versions",
        ]

    def test_puts_posts_first_and_signing_in_last(self, whole):
        assert [tag["name"] for tag in whole["tags"]] == list(TAGS)
        met = list(dict.fromkeys(tag for _, part in operations(whole) for tag in part["tags"]))
        assert met == list(TAGS)

    def test_tells_nobody_of_redis(self, whole):
        said = [whole["info"]["description"], *(tag["description"] for tag in whole["tags"])]

        assert [text for text in said if re.search("redis|postgres", text, re.IGNORECASE)] == []


class TestCodes:
    def test_are_all_in_the_shape_of_a_problem(self, whole):
        code = whole["components"]["schemas"]["Problem"]["properties"]["code"]

        assert set(code["x-extensible-enum"]) == set(every_code())
        assert {"limit_reached", "session_over", "uri_too_long", "unavailable"} <= set(
            code["x-extensible-enum"]
        )
        assert "enum" not in code

    def test_of_a_limit_are_what_the_server_answers(self, whole):
        shown = {
            name
            for _, part in operations(whole)
            for media in part["responses"]["429"]["content"].values()
            for name in media.get("examples", {})
        }

        # An export waits for the day after the last, whatever limits say.
        assert shown & set(every_code()) == {"limit_reached", "export_too_soon"}


class TestHeaders:
    def test_of_waiting_are_with_all_that_asks_to_wait(self, whole):
        silent = [
            (name, status)
            for name, part in operations(whole)
            for status in ("429", "503")
            if "Retry-After" not in part["responses"][status].get("headers", {})
        ]

        assert silent == []

    def test_of_limits_are_with_every_answer_that_is_counted(self, whole):
        silent = [
            (name, status)
            for name, part in operations(whole)
            for status, answer in part["responses"].items()
            if " /v1/" in name and not {"RateLimit", "RateLimit-Policy"} <= answer["headers"].keys()
        ]

        assert silent == []
