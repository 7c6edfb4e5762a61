"""The contract says what the endpoints do, because it is read from them."""

import json
import re

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema


def draw():
    schema = SchemaGenerator(urlconf="tests.kernel.urls").get_schema(request=None, public=True)
    # The authenticator of these tests has no extension; that is its one fault.
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


class TestContract:
    def test_is_valid(self, contract):
        validate_schema(contract)

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

        assert page["required"] == ["data", "included", "state", "next", "prev"]
        assert page["properties"]["data"]["items"] == {"$ref": "#/components/schemas/Thing"}

    def test_shows_ids_as_strings_everywhere(self, contract):
        id = {"type": "string", "pattern": "^[1-9][0-9]{0,18}$"}
        [parameter] = operation(contract, "/v1/things/{thing_id}", "get")["parameters"]

        assert parameter == {"in": "path", "name": "thing_id", "required": True, "schema": id}
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
        problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

        for path in contract["paths"].values():
            for drawn in path.values():
                failures = [found for code, found in drawn["responses"].items() if code[0] in "45d"]
                assert len(failures) >= 3
                assert {str(found["content"]) for found in failures} == {str(problem)}

    def test_names_what_an_endpoint_refuses(self, contract):
        responses = operation(contract, "/v1/things", "post")["responses"]

        assert responses["409"]["description"] == "One of: conflict, request_in_flight."
        assert responses["403"]["description"] == "One of: insufficient_scope."
        assert responses["413"]["description"] == "One of: body_too_large."

    def test_needs_no_credentials_where_an_endpoint_is_public(self, contract):
        assert operation(contract, "/v1/whoami", "get")["security"] == [{}]


class TestSignIn:
    def test_is_part_of_the_contract(self, whole):
        validate_schema(whole)
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
        references = set(re.findall(r"#/components/(\w+)/(\w+)", json.dumps(whole)))

        assert [name for section, name in references if name not in whole["components"][section]] == []
