/** What a newer API, a proxy or a thief would answer. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { inspect } from "node:util";
import {
  BadRequest,
  Banyan,
  BanyanError,
  Invalid,
  NotFound,
  RateLimited,
  Redirected,
  Unauthorized,
  Unavailable,
  Unreadable,
  type Fetch,
} from "@banyan/client";
import { startStub, type Answer, type Stub } from "./stub.ts";

const HTML = { "Content-Type": "text/html" };
const ME: Answer = [200, {}, { data: { id: "1" } }];

async function start(test: TestContext, ...answers: Answer[]): Promise<[Banyan, Stub]> {
  const stub = await startStub(answers);
  test.after(() => stub.stop());
  return [new Banyan(stub.url, { token: "secret-token", retry: { firstWait: 0.01 } }), stub];
}

test("takes nothing along where a redirect leads", async (t) => {
  const [, thief] = await start(t, ME);
  for (const status of [301, 302, 303, 307, 308]) {
    const leading: Answer = [status, { Location: `${thief.url}/v1/me?code=secret` }, {}];
    const [banyan, stub] = await start(t, leading, leading, leading, leading);
    const calls = [
      () => banyan.api.GET("/v1/me"),
      () => banyan.api.POST("/v1/posts", { body: { text: "Hello" } }),
      () => banyan.logIn("ada", "her password"),
      () => banyan.signUp("ada", "ada@example.org", "her password"),
    ];

    for (const call of calls) {
      await assert.rejects(call, (thrown) => {
        assert.ok(thrown instanceof Redirected, String(thrown));
        assert.ok(thrown.message.includes(thief.url) && !thrown.message.includes("secret"), thrown.message);
        return true;
      });
    }
    assert.equal(stub.asked.length, 4);
  }
  assert.equal(thief.asked.length, 0);
});

test("knows a redirect that a browser hides, or that a fetch has followed", async () => {
  const hidden = { type: "opaqueredirect", status: 0, redirected: false, headers: new Headers(), url: "" };
  const followed = { type: "basic", status: 200, redirected: true, headers: new Headers(), url: "https://x/" };
  for (const response of [hidden, followed]) {
    const whole = { ...response, clone: () => new Response("{}") } as unknown as Response;
    const fetch: Fetch = async (request) => {
      assert.equal(request.redirect, "manual");
      return whole;
    };

    await assert.rejects(new Banyan("https://banyan.example", { fetch }).api.GET("/v1/me"), Redirected);
  }
});

test("waits as long as an answer asks, in seconds or until a moment", async (t) => {
  const date = "Thu, 26 Nov 2026 12:00:00 GMT";
  const asked: [Record<string, string>, number | undefined][] = [
    [{ "Retry-After": "61" }, 61],
    [{ "Retry-After": "61.5" }, 61.5],
    [{ "Retry-After": "Thu, 26 Nov 2026 12:01:02 GMT", Date: date }, 62],
  ];
  for (const [headers, seconds] of asked) {
    const [banyan, stub] = await start(t, [429, headers, {}]);

    await assert.rejects(
      banyan.api.GET("/v1/me"),
      (thrown) => thrown instanceof RateLimited && thrown.retryAfter === seconds,
    );
    assert.equal(stub.asked.length, 1);
  }
  const [banyan, stub] = await start(t, [503, { "Retry-After": "Thu, 26 Nov 2026 12:00:01 GMT", Date: date }, {}], ME);
  const started = performance.now();

  await banyan.api.GET("/v1/me");

  assert.ok(performance.now() - started >= 990);
  assert.equal(stub.asked.length, 2);
});

test("passes over what is no time to wait", async (t) => {
  for (const sent of ["", "-1", "soon", "1e3", "0x10", "NaN", "Infinity", "Thu, 99 Nov 2026 12:00:02 GMT"]) {
    const [banyan, stub] = await start(t, [503, { "Retry-After": sent }, {}], ME);

    await banyan.api.GET("/v1/me");

    assert.equal(stub.asked.length, 2);
  }
});

test("throws errors of its own for what is no answer of the API", async (t) => {
  const cases: [Answer, typeof BanyanError | typeof Unreadable, string][] = [
    [[418, {}, { code: "brand_new", errors: null, detail: null }], BadRequest, "brand_new"],
    [[422, {}, { code: "odd", errors: ["text", null, { pointer: null }] }], Invalid, "odd"],
    [[502, HTML, "<h1>Bad gateway</h1>"], Unavailable, "unknown"],
    [[404, {}, null], NotFound, "unknown"],
    [[200, HTML, "<h1>Log in to this Wi-Fi</h1>"], Unreadable, "unreadable_answer"],
  ];
  for (const [answer, kind, code] of cases) {
    const [banyan] = await start(t, answer);

    await assert.rejects(banyan.api.GET("/v1/me"), (thrown) => {
      assert.ok(thrown instanceof kind, String(thrown));
      assert.equal(thrown.code, code);
      return true;
    });
  }
});

test("refuses what signing in answers and is none", async (t) => {
  for (const body of [null, [], { meta: null, data: null, errors: null }]) {
    const [banyan] = await start(t, [401, {}, body]);

    await assert.rejects(banyan.logIn("ada", "her password"), Unauthorized);

    assert.equal(banyan.token, undefined);
  }
});

test("keeps values and fields that a newer API knows", async (t) => {
  const page = { data: [{ type: "robot", mood: "new" }], next: null, mood: ["new"] };
  const [banyan] = await start(t, [200, {}, page]);

  for await (const each of banyan.pages("/v1/apps")) assert.deepEqual(each as unknown, page);
});

test("yields pages with what their cards refer to", async (t) => {
  const page = { data: [{ id: "1", author_id: "2" }], included: { users: { 2: { display_name: "Ann" } } }, state: {} };
  const [banyan, stub] = await start(t, [200, {}, { ...page, next: "more" }], [200, {}, { ...page, next: null }]);

  const names: unknown[] = [];
  for await (const { data, included } of banyan.pages("/v1/timelines/home", { params: { query: { limit: 1 } } })) {
    for (const post of data) names.push(included.users[post.author_id]?.display_name);
  }

  assert.deepEqual(names, ["Ann", "Ann"]);
  assert.deepEqual(stub.asked.map(({ path }) => path), [
    "/v1/timelines/home?limit=1",
    "/v1/timelines/home?limit=1&cursor=more",
  ]);
});

test("takes an address with a path, and nothing else in it", async (t) => {
  const [, stub] = await start(t, ME);
  const banyan = new Banyan(`${stub.url}/social/`, { token: "key" });

  await banyan.api.GET("/v1/me");

  assert.deepEqual(stub.asked.map(({ path, headers }) => [path, headers.authorization]), [["/social/v1/me", "Bearer key"]]);
  for (const url of ["https://ada:secret@x", "ftp://x", "https://x/?a=secret", "https://x/#secret"]) {
    assert.throws(() => new Banyan(url), (thrown) => thrown instanceof TypeError && !thrown.message.includes("secret"));
  }
});

test("shows no credentials where a client is logged", () => {
  const oauth = { clientId: "app", accessToken: "secret-access", refreshToken: "secret-refresh", clientSecret: "secret" };
  const banyan = new Banyan("https://banyan.example", { token: "secret-token", oauth });

  const said = [inspect(banyan, { depth: 9, showHidden: true }), JSON.stringify(banyan), String(banyan)];

  assert.deepEqual(said.filter((text) => text.includes("secret")), []);
});
