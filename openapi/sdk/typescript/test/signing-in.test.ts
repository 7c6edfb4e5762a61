/** Who calls, and the steps of signing in that need a device or a mailbox. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { BadRequest, Banyan, CodeNeeded, RateLimited, SecondFactorNeeded, Unauthorized, Unavailable } from "@banyan/client";
import type { Fetch } from "@banyan/client";
import { startStub, type Answer, type Stub } from "./stub.ts";

const AUTH = "/auth/app/v1/auth";
const IN: Answer = [200, {}, { status: 200, data: { user: {} }, meta: { session_token: "session" } }];
const NOTHING: Answer = [200, {}, {}];

/** Return the answer of a step after which another has to follow. */
function pending(flow: string): Answer {
  const flows = [{ id: "login" }, { id: flow, is_pending: true }];
  return [401, {}, { status: 401, data: { flows }, meta: { session_token: "half", is_authenticated: false } }];
}

async function start(test: TestContext, ...answers: Answer[]): Promise<[Banyan, Stub]> {
  const stub = await startStub(answers);
  test.after(() => stub.stop());
  return [new Banyan(stub.url), stub];
}

test("asks for the second factor, and goes on with its code", async (t) => {
  const [banyan, stub] = await start(t, pending("mfa_authenticate"), IN);

  await assert.rejects(banyan.logIn("ada", "secret"), SecondFactorNeeded);
  await banyan.sendCode("123456");

  assert.equal(banyan.token, "session");
  assert.deepEqual(
    stub.asked.map(({ path, headers, body }) => [path, headers["x-session-token"], JSON.parse(body)]),
    [
      [`${AUTH}/login`, undefined, { username: "ada", password: "secret" }],
      [`${AUTH}/2fa/authenticate`, "half", { code: "123456" }],
    ],
  );
});

test("asks for the code that was mailed, and goes on with it", async (t) => {
  const [banyan, stub] = await start(t, pending("verify_email"), IN);

  await assert.rejects(banyan.signUp("ada", "ada@example.org", "secret"), CodeNeeded);
  await banyan.verifyEmail("ABC123");

  assert.equal(banyan.token, "session");
  assert.deepEqual(
    stub.asked.map(({ path, headers, body }) => [path, headers["x-session-token"], JSON.parse(body)]),
    [
      [`${AUTH}/signup`, undefined, { username: "ada", email: "ada@example.org", password: "secret" }],
      [`${AUTH}/email/verify`, "half", { key: "ABC123" }],
    ],
  );
});

test("lets a wrong code be sent again", async (t) => {
  const wrong = { message: "Wrong.", code: "incorrect_code", param: "code" };
  const [banyan, stub] = await start(t, pending("mfa_authenticate"), [400, {}, { errors: [wrong] }], IN);

  await assert.rejects(banyan.logIn("ada", "secret"), SecondFactorNeeded);
  await assert.rejects(banyan.sendCode("000000"), BadRequest);
  await banyan.sendCode("123456");

  assert.equal(banyan.token, "session");
  assert.deepEqual(stub.asked.slice(1).map(({ headers }) => headers["x-session-token"]), ["half", "half"]);
});

test("throws what stands against signing in", async (t) => {
  const problem = { "Content-Type": "application/problem+json", "Retry-After": "61" };
  const weak = { message: "Too short.", code: "password_too_short", param: "password" };
  const wrong = { message: "They do not fit.", code: "username_password_mismatch", param: "password" };
  const [banyan] = await start(
    t,
    [400, {}, { status: 400, errors: [weak] }],
    [400, {}, { status: 400, errors: [wrong] }],
    [429, problem, { code: "rate_limited" }],
    [502, { "Content-Type": "text/html" }, "Bad gateway"],
  );

  await assert.rejects(
    banyan.signUp("ada", "ada@example.org", "x"),
    (refusal) => {
      assert.ok(refusal instanceof BadRequest);
      assert.equal(refusal.code, "password_too_short");
      assert.deepEqual(refusal.faults, [{ place: "/password", code: "password_too_short", detail: "Too short." }]);
      return true;
    },
  );
  await assert.rejects(banyan.logIn("ada", "x"), Unauthorized);
  await assert.rejects(banyan.logIn("ada", "x"), RateLimited);
  await assert.rejects(banyan.logIn("ada", "x"), Unavailable);
});

test("says who calls, and for whom, only to the API", async (t) => {
  const [, stub] = await start(t, NOTHING, NOTHING, NOTHING);
  const banyan = new Banyan(`${stub.url}/`, { token: "key", onBehalfOf: "42" });
  const elsewhere = stub.url.replace("127.0.0.1", "localhost");

  await banyan.api.GET("/v1/me");
  await new Banyan(stub.url).api.GET("/v1/me");
  await banyan.api.GET("/v1/me", { baseUrl: elsewhere }).catch(() => undefined);

  assert.deepEqual(
    stub.asked.map(({ path, headers }) => [path, headers.authorization, headers["banyan-on-behalf-of"]]),
    [
      ["/v1/me", "Bearer key", "42"],
      ["/v1/me", undefined, undefined],
      ["/v1/me", undefined, undefined],
    ],
  );
});

test("sends by the fetch it is given", async () => {
  const asked: string[] = [];
  const fetch: Fetch = async (request) => {
    asked.push(request.url);
    return Response.json({ data: [], next: null });
  };
  const banyan = new Banyan("https://banyan.example/social/", { fetch });

  for await (const post of banyan.items("/v1/timelines/home")) assert.fail(post.text);

  assert.deepEqual(asked, ["https://banyan.example/social/v1/timelines/home"]);
});
