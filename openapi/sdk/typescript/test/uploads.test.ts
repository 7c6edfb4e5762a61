/** Uploads against a storage and an API that answer what none can be made to. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  Banyan,
  FileTooLarge,
  ProcessingFailed,
  ProcessingTimeout,
  RateLimited,
  StorageRefused,
  StorageUnavailable,
  UnsupportedFile,
  type Retry,
  type UploadError,
} from "@banyan/client";
import { startStub, type Answer, type Stub } from "./stub.ts";

const PHOTO = new Blob(["xxx", "y".repeat(200_000)], { type: "image/jpeg" });
const PROCESSING: Answer = [202, {}, { id: "7", state: "processing" }];
const STORED: Answer = [204, {}, undefined];
const EXPIRED: Answer = [403, {}, "<Code>AccessDenied</Code><Message>Invalid according to Policy: Policy expired.</Message>"];

/** A client of a stub, which answers the form of an upload wherever `form` stands; `seconds` is how long it holds. */
async function start(test: TestContext, answers: (Answer | "form")[], more: Partial<Retry> = {}, seconds = 900): Promise<[Banyan, Stub]> {
  const told: Answer[] = [];
  const stub = await startStub(told);
  test.after(() => stub.stop());
  const created_at = "2026-11-27T08:00:00Z";
  const expires_at = new Date(Date.parse(created_at) + seconds * 1000).toISOString();
  const upload = { method: "POST", url: `${stub.url}/storage`, fields: { key: "incoming/7", policy: "p" }, expires_at };
  const form: Answer = [201, {}, { id: "7", state: "awaiting", created_at, upload }];
  told.push(...answers.map((answer) => (answer === "form" ? form : answer)));
  return [new Banyan(stub.url, { token: "secret", retry: { firstWait: 0.01, ...more } }), stub];
}

function callsOf(stub: Stub): string[] {
  return stub.asked.map(({ method, path }) => `${method} ${path}`);
}

/** A signal that calls off as soon as a stub was asked so often. */
function whenAsked(stub: Stub, often: number): AbortSignal {
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (stub.asked.length < often) return;
    clearInterval(timer);
    controller.abort();
  }, 10);
  return controller.signal;
}

const CREATE = "POST /v1/media";
const SEND = "POST /storage";
const COMPLETE = "PUT /v1/media/7/upload-status";

test("sends the form and then the file straight to the storage, with progress and without credentials", async (t) => {
  const [banyan, stub] = await start(t, ["form", STORED, PROCESSING]);
  const heard: number[] = [];

  const media = await banyan.upload(PHOTO, { alt: "An oak", onProgress: (sent, total) => heard.push(sent / total) });

  assert.deepEqual([media.id, media.state], ["7", "processing"]);
  assert.deepEqual(callsOf(stub), [CREATE, SEND, COMPLETE]);
  const [created, sent] = stub.asked;
  assert.deepEqual(JSON.parse(created?.body ?? ""), { type: "image/jpeg", bytes: PHOTO.size, alt: "An oak" });
  assert.equal(sent?.headers["content-length"], String(sent?.body.length));
  assert.deepEqual([sent?.headers.authorization, sent?.headers["idempotency-key"]], [undefined, undefined]);
  assert.match(sent?.body ?? "", /^--(\S+)\r\n.*name="key"\r\n\r\nincoming\/7\r\n--\1\r\n.*name="policy"\r\n\r\np\r\n--\1\r\n.*name="file"; filename="file"\r\n\r\nx{3}y{200000}\r\n--\1--\r\n$/);
  assert.ok(heard.length >= 4, `${heard.length} reports of four pieces`);
  assert.deepEqual([heard[0], heard.at(-1)], [0, 1]);
  assert.deepEqual(heard, [...heard].sort((one, other) => one - other));
});

test("sends the same form again after what passes, and begins its progress anew", async (t) => {
  const [banyan, stub] = await start(t, ["form", [429, { "Retry-After": "0" }, {}], "break", [500, {}, {}], STORED, PROCESSING]);
  let beginnings = 0;

  await banyan.upload(PHOTO, { onProgress: (sent) => (beginnings += sent === 0 ? 1 : 0) });

  assert.deepEqual(callsOf(stub), [CREATE, SEND, SEND, SEND, SEND, COMPLETE]);
  assert.equal(beginnings, 4);
  assert.equal(new Set(stub.asked.slice(3, 5).map(({ body }) => body.length)).size, 1);
});

test("asks for another form when the storage says that it has ended, or its time has come", async (t) => {
  const [refused, first] = await start(t, ["form", EXPIRED, "form", STORED, PROCESSING]);
  const [late, second] = await start(t, ["form", "form", STORED, PROCESSING], {}, 5);

  await refused.upload(PHOTO);
  await late.upload(PHOTO);

  assert.deepEqual(callsOf(first), [CREATE, SEND, CREATE, SEND, COMPLETE]);
  assert.notEqual(first.asked[0]?.headers["idempotency-key"], first.asked[2]?.headers["idempotency-key"]);
  assert.deepEqual(callsOf(second), [CREATE, CREATE, SEND, COMPLETE]);
});

test("waits until it is ready", async (t) => {
  const ready: Answer = [200, {}, { id: "7", state: "ready" }];
  const [banyan, stub] = await start(t, ["form", STORED, PROCESSING, [200, {}, { id: "7", state: "processing" }], ready]);

  const media = await banyan.upload(PHOTO, { readyWithin: 9 });

  assert.equal(media.state, "ready");
  assert.deepEqual(callsOf(stub).slice(3), ["GET /v1/media/7", "GET /v1/media/7"]);
});

const UNKNOWN = new Uint8Array([1, 2, 3]);
const AT = (pointer: string) => ({ errors: [{ pointer, code: "x", detail: "Too much." }] });
const REFUSALS: readonly [unknown, string, Blob | Uint8Array<ArrayBuffer>, (Answer | "form")[]][] = [
  [FileTooLarge, "media_too_large", PHOTO, [[422, {}, { code: "media_too_large", ...AT("/bytes") }]]],
  [UnsupportedFile, "unsupported_type", PHOTO, [[400, {}, { code: "bad_request", ...AT("/type") }]]],
  [UnsupportedFile, "unsupported_type", UNKNOWN, []],
  [RateLimited, "limit_reached", PHOTO, [[429, { "Retry-After": "99" }, { code: "limit_reached" }]]],
  [FileTooLarge, "EntityTooLarge", PHOTO, ["form", [400, {}, "<Error><Code>EntityTooLarge</Code></Error>"]]],
  [StorageRefused, "AccessDenied", PHOTO, ["form", [403, {}, "<Error><Code>AccessDenied</Code></Error>"]]],
  [StorageRefused, "307", PHOTO, ["form", [307, { Location: "http://localhost:1/" }, {}]]],
  [StorageUnavailable, "SlowDown", PHOTO, ["form", [503, {}, "<Code>SlowDown</Code>"], [503, {}, "<Code>SlowDown</Code>"]]],
  [StorageUnavailable, "no_answer", PHOTO, ["form", "break", "break"]],
  [ProcessingFailed, "too_many_pixels", PHOTO, ["form", STORED, PROCESSING, [200, {}, { id: "7", state: "failed", reason: "too_many_pixels" }]]],
];

test("throws by its kind what keeps a file from being shown", async (t) => {
  for (const [kind, code, file, answers] of REFUSALS) {
    const [banyan, stub] = await start(t, answers, { attempts: 2 });

    const refusal = await banyan.upload(file, { readyWithin: 9 }).then(() => undefined, (thrown: unknown) => thrown);

    assert.ok(refusal instanceof (kind as typeof Error), `${code}: ${String(refusal)}`);
    assert.equal((refusal as UploadError).code, code);
    assert.equal(stub.asked.length, answers.length, code);
  }
});

test("waits no longer than it was told", async (t) => {
  const looks = Array<Answer>(9).fill([200, {}, { id: "7", state: "processing" }]);
  const [banyan] = await start(t, ["form", STORED, PROCESSING, ...looks]);

  await assert.rejects(banyan.upload(PHOTO, { readyWithin: 0.3 }), ProcessingTimeout);
});

test("stops when the caller calls it off: before, on the way, or while it waits", async (t) => {
  const [before, nothing] = await start(t, []);
  const [sending, sent] = await start(t, ["form", "hang"]);
  const [waiting, waited] = await start(t, ["form", [503, { "Retry-After": "9" }, {}]]);
  const isAbort = { name: "AbortError" };

  await assert.rejects(before.upload(PHOTO, { signal: AbortSignal.abort() }), isAbort);
  await assert.rejects(sending.upload(PHOTO, { signal: whenAsked(sent, 2) }), isAbort);
  await assert.rejects(waiting.upload(PHOTO, { signal: whenAsked(waited, 2) }), isAbort);

  assert.deepEqual([nothing, sent, waited].map((stub) => stub.asked.length), [0, 2, 2]);
});

test("lets out what the caller's own code throws, whenever it does", async (t) => {
  for (const least of [0, 1]) {
    const [banyan] = await start(t, ["form", STORED]);
    const onProgress = (sent: number): void => {
      if (sent >= least) throw new TypeError("mine");
    };

    await assert.rejects(banyan.upload(PHOTO, { onProgress }), { message: "mine" });
  }
});
