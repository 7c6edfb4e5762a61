/** Tokens of OAuth that end, and are renewed. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Banyan, Redirected, Unauthorized, Unreadable, type Tokens } from "@banyan/client";
import { startStub, type Answer, type Stub } from "./stub.ts";

const ME: Answer = [200, {}, { data: { id: "1" } }];
const ENDED: Answer = [401, {}, { code: "unauthorized" }];
const RENEWED: Answer = [200, {}, { access_token: "new", refresh_token: "refresh-2", expires_in: 900 }];
const OLD = { clientId: "app", accessToken: "old", refreshToken: "refresh-1" };

async function start(test: TestContext, ...answers: Answer[]): Promise<Stub> {
  const stub = await startStub(answers);
  test.after(() => stub.stop());
  return stub;
}

function pathsOf(stub: Stub): string[] {
  return stub.asked.map(({ method, path }) => `${method} ${path}`);
}

test("renews once, however many calls find the token ended", async (t) => {
  const stub = await start(t, ENDED, ENDED, ENDED, RENEWED, ME, ME, ME);
  const kept: Tokens[] = [];
  const banyan = new Banyan(stub.url, { oauth: { ...OLD, onRenewed: (tokens) => void kept.push(tokens) } });

  await Promise.all([1, 2, 3].map(() => banyan.api.GET("/v1/me")));

  const renewals = stub.asked.filter(({ path }) => path === "/identity/o/api/token");
  assert.deepEqual(renewals.map(({ body }) => body), [
    "grant_type=refresh_token&refresh_token=refresh-1&client_id=app",
  ]);
  assert.deepEqual(kept.map(({ accessToken, refreshToken }) => [accessToken, refreshToken]), [["new", "refresh-2"]]);
  assert.deepEqual(stub.asked.slice(4).map(({ headers }) => headers.authorization), Array(3).fill("Bearer new"));
});

test("renews before the end, if that is known", async (t) => {
  const stub = await start(t, RENEWED, ME);
  const banyan = new Banyan(stub.url, { oauth: { ...OLD, expiresAt: 1, clientSecret: "hush" } });

  await banyan.api.GET("/v1/me");

  assert.deepEqual(pathsOf(stub), ["POST /identity/o/api/token", "GET /v1/me"]);
  assert.equal(stub.asked[0]?.headers.authorization, "Basic YXBwOmh1c2g=");
});

test("keeps the key and the body of what the renewal was for", async (t) => {
  const stub = await start(t, ENDED, RENEWED, [201, {}, { id: "1" }]);
  const banyan = new Banyan(stub.url, { oauth: OLD });

  await banyan.api.POST("/v1/posts", { body: { text: "Hello" } });

  const [first, , second] = stub.asked;
  assert.equal(first?.headers["idempotency-key"], second?.headers["idempotency-key"]);
  assert.deepEqual([first?.body, second?.body], ['{"text":"Hello"}', '{"text":"Hello"}']);
});

test("tries a renewal again while it is not to be had", async (t) => {
  const stub = await start(t, ENDED, [503, { "Retry-After": "0" }, {}], ENDED, RENEWED, ME);
  const banyan = new Banyan(stub.url, { oauth: OLD });

  await banyan.api.GET("/v1/me");

  assert.equal(stub.asked.length, 5);
});

test("throws a renewal that is refused, and repeats nothing in vain", async (t) => {
  const cases: [Answer[], abstract new (...words: never[]) => Error, string][] = [
    [[ENDED, [400, {}, { error: "invalid_grant" }]], Unauthorized, "invalid_grant"],
    [[ENDED, [302, { Location: "http://127.0.0.1:9/" }, {}]], Redirected, "redirected"],
    [[ENDED, [200, { "Content-Type": "text/html" }, "Hello"]], Unreadable, "unreadable_answer"],
    [[ENDED, RENEWED, ENDED], Unauthorized, "unauthorized"],
  ];
  for (const [answers, kind, code] of cases) {
    const stub = await start(t, ...answers);

    await assert.rejects(new Banyan(stub.url, { oauth: OLD }).api.GET("/v1/me"), (thrown) => {
      assert.ok(thrown instanceof kind, String(thrown));
      assert.equal((thrown as Unauthorized).code, code);
      return true;
    });
    assert.equal(stub.asked.length, answers.length);
  }
});
