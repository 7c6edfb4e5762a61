/** What is repeated and what is not, against answers that no API can be made to give. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Banyan, BanyanError, Conflict, RateLimited, Unavailable, type Retry } from "@banyan/client";
import { startStub, type Answer, type Stub } from "./stub.ts";

const POST = { id: "1", author_id: "2", text: "Hello", published_at: "2026-11-25T12:00:00Z" };
const MADE: Answer = [201, {}, POST];
const BODY = { body: { text: "Hello" } };

async function start(test: TestContext, answers: Answer[], retry: Partial<Retry> = {}): Promise<[Banyan, Stub]> {
  const stub = await startStub(answers);
  test.after(() => stub.stop());
  return [new Banyan(stub.url, { retry: { firstWait: 0.01, ...retry } }), stub];
}

function keysOf(stub: Stub): unknown[] {
  return stub.asked.map((asked) => asked.headers["idempotency-key"]);
}

test("repeats with one key and the whole body what fails in passing", async (t) => {
  const inFlight: Answer = [409, {}, { code: "request_in_flight" }];
  const [banyan, stub] = await start(t, [[503, {}, {}], inFlight, [429, { "Retry-After": "0" }, {}], MADE]);

  const { data: post } = await banyan.api.POST("/v1/posts", BODY);

  assert.equal(post.text, "Hello");
  assert.equal(stub.asked.length, 4);
  assert.equal(new Set(keysOf(stub)).size, 1);
  assert.match(String(keysOf(stub)[0]), /^[0-9a-f]{32}$/);
  assert.deepEqual(new Set(stub.asked.map((asked) => asked.body)), new Set(['{"text":"Hello"}']));
});

test("repeats what a broken connection kept from coming, even in the midst of the answer", async (t) => {
  const [banyan, stub] = await start(t, ["break", "cut", MADE]);

  const { data: post } = await banyan.api.POST("/v1/posts", BODY);

  assert.equal(post.text, "Hello");
  assert.equal(stub.asked.length, 3);
  assert.equal(new Set(keysOf(stub)).size, 1);
});

test("keeps the caller's key, and gives none but to a POST", async (t) => {
  const [banyan, stub] = await start(t, [[503, {}, {}], MADE, [200, {}, POST]]);

  await banyan.api.POST("/v1/posts", { ...BODY, params: { header: { "Idempotency-Key": "mine" } } });
  await banyan.api.GET("/v1/me");

  assert.deepEqual(keysOf(stub), ["mine", "mine", undefined]);
});

test("gives each POST a key of its own", async (t) => {
  const [banyan, stub] = await start(t, [MADE, MADE]);

  await banyan.api.POST("/v1/posts", BODY);
  await banyan.api.POST("/v1/posts", BODY);

  assert.equal(new Set(keysOf(stub)).size, 2);
});

test("gives up in the end", async (t) => {
  const [banyan, stub] = await start(t, Array<Answer>(3).fill([503, {}, { code: "unavailable" }]), { attempts: 3 });

  await assert.rejects(banyan.api.POST("/v1/posts", BODY), Unavailable);

  assert.equal(stub.asked.length, 3);
});

test("throws what broke the connection when it gives up", async (t) => {
  const [banyan, stub] = await start(t, ["break", "break"], { attempts: 2 });

  await assert.rejects(banyan.api.GET("/v1/me"), (thrown) => !(thrown instanceof BanyanError));

  assert.equal(stub.asked.length, 2);
});

test("waits no longer than it may in all", async (t) => {
  const [banyan, stub] = await start(t, [[503, { "Retry-After": "2" }, {}]], { total: 1 });

  await assert.rejects(banyan.api.GET("/v1/me"), Unavailable);

  assert.equal(stub.asked.length, 1);
});

test("repeats no other conflict and waits no minute", async (t) => {
  const [banyan, stub] = await start(t, [
    [409, {}, { code: "conflict" }],
    [429, { "Retry-After": "61" }, {}],
  ]);

  await assert.rejects(banyan.api.POST("/v1/posts", BODY), Conflict);
  await assert.rejects(
    banyan.api.POST("/v1/posts", BODY),
    (refusal) => refusal instanceof RateLimited && refusal.retryAfter === 61,
  );

  assert.equal(stub.asked.length, 2);
});

test("stops when the caller calls it off, in an attempt or between two", async (t) => {
  const [banyan, stub] = await start(t, ["hang", [503, { "Retry-After": "9" }, {}]]);
  const isTimeout = { name: "TimeoutError" };

  await assert.rejects(banyan.api.GET("/v1/me", { signal: AbortSignal.timeout(100) }), isTimeout);
  await assert.rejects(banyan.api.GET("/v1/me", { signal: AbortSignal.timeout(100) }), isTimeout);

  assert.equal(stub.asked.length, 2);
});

const EDIT = { params: { header: { "If-Match": '"1.a"' } }, body: { bio: "Hi" } };
const POST_7 = { params: { path: { post_id: "7" } } };
// What follows a lost answer: the API says of its own success that it cannot be done.
const STALE: Answer = [412, {}, { code: "stale" }];
const GONE: Answer = [404, {}, { code: "post_not_found" }];

test("throws what lost the answer of a request without a key, and repeats nothing", async (t) => {
  const [editing, edited] = await start(t, ["break", STALE]);
  const [deleting, deleted] = await start(t, ["cut", GONE]);
  const isNoRefusal = (thrown: unknown): boolean => !(thrown instanceof BanyanError);

  await assert.rejects(editing.api.PATCH("/v1/me", EDIT), isNoRefusal);
  await assert.rejects(deleting.api.DELETE("/v1/posts/{post_id}", POST_7), isNoRefusal);

  assert.deepEqual([edited.asked.length, deleted.asked.length], [1, 1]);
});

test("repeats nothing without a key where the API cannot say what happened", async (t) => {
  const [banyan, stub] = await start(t, [[503, {}, { code: "unavailable", outcome: "unknown" }], STALE]);

  await assert.rejects(banyan.api.PATCH("/v1/me", EDIT), Unavailable);

  assert.equal(stub.asked.length, 1);
});

test("repeats no code, which is good for once", async (t) => {
  const [banyan, stub] = await start(t, ["break", [409, {}, {}]]);

  await assert.rejects(banyan.sendCode("123456"), (thrown) => !(thrown instanceof BanyanError));

  assert.equal(stub.asked.length, 1);
});

test("repeats without a key what was surely not done, and what may be done twice", async (t) => {
  const notDone: Answer = [503, { "Retry-After": "0" }, { code: "unavailable", outcome: "none" }];
  const [banyan, stub] = await start(t, [notDone, [429, { "Retry-After": "0" }, {}], [200, {}, {}], "break", [200, {}, {}]]);

  await banyan.api.PATCH("/v1/me", EDIT);
  await banyan.api.PUT("/v1/me/following/{user_id}", { params: { path: { user_id: "7" } } });

  assert.deepEqual(stub.asked.map((asked) => asked.method), ["PATCH", "PATCH", "PATCH", "PUT", "PUT"]);
});

test("repeats whatever reached nobody", async () => {
  let attempts = 0;
  const refuse = async (): Promise<Response> => {
    attempts += 1;
    throw new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } });
  };
  const banyan = new Banyan("http://localhost:1", { retry: { attempts: 3, firstWait: 0.01 }, fetch: refuse });

  await assert.rejects(banyan.api.DELETE("/v1/posts/{post_id}", POST_7), TypeError);

  assert.equal(attempts, 3);
});
