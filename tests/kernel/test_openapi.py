"""The contract says what the endpoints do, because it is read from them."""

import json
import re

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from jsonschema import Draft202012Validator

from modules.kernel.http import endpoint
from modules.kernel.principals import FIRST_PARTY
from modules.kernel.scopes import GRANTABLE
from openapi import examples, security
from openapi.validity import list_faults


def draw():
    schema = SchemaGenerator(urlconf="tests.kernel.urls").get_schema(request=None, public=True)
    # The authenticator of these tests has no extension; that is its one error.
    GENERATOR_STATS.reset()
    schema["paths"].pop("/v1/stray", None)
    return schema


@pytest.fixture(scope="module")
def contract():
    return draw()


@pytest.fixture(scope="module")
def whole():
    return SchemaGenerator(urlconf="config.urls").get_schema(request=None, public=True)


def operation(contract, path, method):
    return contract["paths"][path][method]


def contents(contract):
    """Yield every media type of a body or an answer, references followed."""
    follow = examples.Sampler(contract).resolve
    for item in contract["paths"].values():
        for part in item.values():
            holders = [follow(part.get("requestBody", {})), *map(follow, part["responses"].values())]
            for media in (media for holder in holders for media in holder.get("content", {}).values()):
                yield part["operationId"], media


def values_of(contract, media):
    """Return the examples of a media type."""
    named = [examples.Sampler(contract).resolve(each)["value"] for each in media.get("examples", {}).values()]
    return [media["example"]] if "example" in media else named


class TestContract:
    def test_is_valid(self, contract):
        assert list_faults(contract) == []

    def test_is_held_against_the_schema_of_openapi(self, contract):
        broken = {**contract, "paths": {"/v1/x": {"get": {"responses": {"200": {}}}}}}

        assert list_faults(broken) == ['/paths//v1/x/get/responses/200: "description" is a required property']

    def test_is_the_same_each_time(self, contract):
        renderer = OpenApiYamlRenderer()

        assert renderer.render(contract, renderer_context={}) == renderer.render(draw(), renderer_context={})

    def test_names_operations_as_the_endpoints_do(self, contract):
        drawn = operation(contract, "/v1/things", "post")

        assert (drawn["operationId"], drawn["summary"]) == ("make_thing", "Make a thing")
        assert drawn["description"] == "It is made of text."

    def test_points_a_body_to_its_shape(self, contract):
        body = operation(contract, "/v1/things", "post")["requestBody"]

        assert body["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/NewThing"}
        assert contract["components"]["schemas"]["NewThing"]["required"] == ["text"]
        assert contract["components"]["schemas"]["NewThing"]["additionalProperties"] is False

    def test_requires_every_field_of_an_answer(self, contract):
        page = contract["components"]["schemas"]["ThingPage"]

        assert page["required"] == ["data", "included", "state", "next", "prev", "partial", "missing"]
        assert page["properties"]["data"]["items"] == {"$ref": "#/components/schemas/Thing"}

    def test_shows_ids_as_strings_everywhere(self, contract):
        id = {"type": "string", "pattern": "^[1-9][0-9]{0,18}$"}
        [parameter] = operation(contract, "/v1/things/{thing_id}", "get")["parameters"]

        assert parameter.items() >= {"in": "path", "name": "thing_id", "required": True, "schema": id}.items()
        assert contract["components"]["schemas"]["Thing"]["properties"]["id"].items() >= id.items()
        assert contract["components"]["schemas"]["Leaf"]["properties"]["id"].items() >= id.items()

    def test_lists_query_and_paging_parameters(self, contract):
        parameters = operation(contract, "/v1/things", "get")["parameters"]

        assert [(each["name"], each["in"], each["required"]) for each in parameters] == [
            ("sort", "query", False),
            ("least", "query", False),
            ("limit", "query", False),
            ("cursor", "query", False),
        ]
        limit = parameters[2]["schema"]
        assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 100, 20)

    def test_offers_a_key_on_posts_and_requires_it_where_the_endpoint_does(self, contract):
        [offered] = operation(contract, "/v1/things", "post")["parameters"]
        [required] = operation(contract, "/v1/keyed", "post")["parameters"]

        assert (offered["name"], offered.get("required")) == ("Idempotency-Key", None)
        assert (required["name"], required["required"]) == ("Idempotency-Key", True)

    def test_names_the_statuses_of_success(self, contract):
        assert [code for code in operation(contract, "/v1/things", "post")["responses"] if code < "4"] == [
            "201"
        ]
        assert [
            code for code in operation(contract, "/v1/things/{thing_id}", "put")["responses"] if code < "3"
        ] == [
            "200",
            "202",
        ]
        assert "content" not in operation(contract, "/v1/things/{thing_id}", "delete")["responses"]["204"]

    def test_answers_every_problem_in_one_form(self, contract):
        for path in contract["paths"].values():
            for drawn in path.values():
                failures = [found for code, found in drawn["responses"].items() if code[0] in "45d"]
                assert len(failures) >= 4
                for found in failures:
                    assert list(found["content"]) == ["application/problem+json"]
                    [media] = found["content"].values()
                    assert media["schema"] == {"$ref": "#/components/schemas/Problem"}

    def test_shows_each_problem_that_it_names(self, contract):
        refused = operation(contract, "/v1/things", "post")["responses"]["409"]

        shown = refused["content"]["application/problem+json"]["examples"]
        assert shown == {
            code: {"$ref": f"#/components/examples/{code}"} for code in ("conflict", "request_in_flight")
        }
        value = contract["components"]["examples"]["conflict"]["value"]
        assert (value["status"], value["code"]) == (409, "conflict")
        assert value["title"] == "This conflicts with the present state."

    def test_marks_what_is_deprecated(self, contract):
        marked = {
            path
            for path, item in contract["paths"].items()
            for drawn in item.values()
            if isinstance(drawn, dict) and drawn.get("deprecated")
        }

        assert marked == {"/v1/old-things"}

    def test_names_what_an_endpoint_refuses(self, contract):
        responses = operation(contract, "/v1/things", "post")["responses"]

        assert responses["409"]["description"] == "One of: conflict, request_in_flight."
        assert responses["403"]["description"] == "One of: insufficient_scope, user_required."
        assert responses["413"]["description"] == "One of: body_too_large."


class TestSecurity:
    SESSIONS = ["sessionToken", "bearer", "browserSession"]

    @pytest.mark.parametrize(
        ("scope", "public", "names"),
        [
            ("first_party", False, SESSIONS),
            ("write:posts", False, [*SESSIONS, "oauth2", "serviceKey"]),
            (None, True, [*SESSIONS, "oauth2", "serviceKey", None]),
        ],
    )
    def test_names_the_credentials_that_are_enough(self, scope, public, names):
        @endpoint("do_it", scope=scope, public=public)
        def get(self, request):
            pass

        drawn = security.requirements(get.__endpoint__)  # type: ignore[attr-defined]

        assert [next(iter(each), None) for each in drawn] == names
        scopes = {scope for each in drawn for scope in each.get("oauth2", [])}
        assert scopes == ({scope} if scope in GRANTABLE else set())

    def test_tells_the_scope_beside_them(self, whole):
        asked = {
            part["x-required-scope"]
            for item in whole["paths"].values()
            for part in item.values()
            if "x-required-scope" in part
        }

        assert asked <= {*GRANTABLE, FIRST_PARTY}
        assert operation(whole, "/v1/posts", "post")["x-required-scope"] == "write:posts"

    def test_gives_apps_a_code_with_proof_or_a_token_of_their_own(self, whole):
        flows = whole["components"]["securitySchemes"]["oauth2"]["flows"]

        assert flows["authorizationCode"]["authorizationUrl"] == "/identity/o/authorize"
        assert flows["authorizationCode"]["refreshUrl"] == flows["clientCredentials"]["tokenUrl"]
        assert all(flow["scopes"] == GRANTABLE for flow in flows.values())


class TestExamples:
    def test_are_with_every_body_and_every_answer(self, whole):
        bare = [name for name, media in contents(whole) if not ("example" in media or media.get("examples"))]

        assert bare == []

    def test_are_what_the_shapes_allow(self, whole):
        checked = 0
        for name, media in contents(whole):
            for value in values_of(whole, media):
                validator = Draft202012Validator({**whole, **media["schema"]})
                assert [error.message for error in validator.iter_errors(value)] == [], name
                checked += 1
        assert checked > 100

    def test_of_problems_have_a_line_on_the_page_that_they_point_to(self, whole, client):
        page = client.get("/docs/errors").content.decode()
        listed = set(re.findall(r'<tr id="([^"]+)">', page))

        named = {
            name for name, each in whole["components"]["examples"].items() if "code" in each.get("value", {})
        }

        assert {"idempotency_key_reused", "app_not_found", "body_invalid"} <= named
        assert named <= listed

    def test_want_to_be_told_what_a_new_text_looks_like(self, whole):
        examples.Sampler(whole).sample({"type": "object", "properties": {"motto": {"type": "string"}}}, "")

        complaints = "".join(GENERATOR_STATS._error_cache)
        GENERATOR_STATS.reset()
        assert "no example of 'motto'" in complaints


class TestOperations:
    def test_all_have_a_summary_and_a_described_tag(self, whole):
        described = {tag["name"] for tag in whole["tags"] if tag["description"]}
        lacking = [
            part["operationId"]
            for item in whole["paths"].values()
            for part in item.values()
            if not part["summary"] or not set(part["tags"]) <= described
        ]

        assert lacking == []

    def test_all_name_their_path_parameters_and_say_what_they_are(self, whole):
        lacking = [
            (path, each["name"])
            for path, item in whole["paths"].items()
            for part in item.values()
            for each in part.get("parameters", [])
            if each.get("in") == "path" and not each["description"]
        ]

        assert lacking == []


class TestSignIn:
    def test_is_part_of_the_contract(self, whole):
        assert list_faults(whole) == []
        assert whole["paths"]["/auth/{client}/v1/auth/signup"]["post"]["operationId"] == "auth_post_signup"
        assert whole["paths"]["/auth/{client}/v1/auth/signup"]["post"]["tags"] == ["auth"]

    def test_shares_no_name_with_ours(self, whole):
        ids = [
            part["operationId"]
            for item in whole["paths"].values()
            for part in item.values()
            if isinstance(part, dict)
        ]

        assert len(ids) == len(set(ids))

    def test_leads_every_reference_somewhere(self, whole):
        references = set(re.findall(r"#/components/(\w+)/([\w-]+)", json.dumps(whole)))

        assert [name for section, name in references if name not in whole["components"][section]] == []
