/** The SDK as a program uses it, against the API at BANYAN_URL, which starts empty and has a relay and a worker. */

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BadRequest, Banyan, Forbidden, Invalid, NotFound, Stale, Unauthorized } from "@banyan/client";

const URL = process.env["BANYAN_URL"] ?? "http://localhost:8000";
const PASSWORD = process.env["BANYAN_PASSWORD"] ?? "";

async function signedUp(name: string): Promise<Banyan> {
  const banyan = new Banyan(URL);
  await banyan.signUp(name, `${name}@example.org`, PASSWORD);
  return banyan;
}

async function idOf(banyan: Banyan): Promise<string> {
  const { data: me } = await banyan.api.GET("/v1/me");
  return me.data.id;
}

/** Wait until something holds that the relay and the worker bring about. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, "it did not come true in time");
    await sleep(50);
  }
}

/** Return whether others see the account: its profile is made from what the relay tells. */
async function hasProfile(id: string): Promise<boolean> {
  try {
    await new Banyan(URL).api.GET("/v1/users/{user_id}", { params: { path: { user_id: id } } });
    return true;
  } catch (refusal) {
    if (refusal instanceof NotFound) return false;
    throw refusal;
  }
}

/** Return the error of a class that a call is refused with. */
async function refusalOf<E extends Error>(
  kind: abstract new (...words: never[]) => E,
  call: Promise<unknown>,
): Promise<E> {
  const refusal = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(refusal instanceof kind, `not a ${kind.name}: ${String(refusal)}`);
  return refusal;
}

describe("Banyan", () => {
  let ada: Banyan;
  let grace: Banyan;

  before(async () => {
    ada = await signedUp("ada");
    grace = await signedUp("grace");
  });

  test("logs in, follows, posts, and reads home page after page", async () => {
    const again = new Banyan(`${URL}/`);
    await again.logIn("ada@example.org", PASSWORD);
    const author = await idOf(grace);
    await again.api.PUT("/v1/me/following/{user_id}", { params: { path: { user_id: author } } });
    for (let number = 0; number < 5; number += 1) {
      await grace.api.POST("/v1/posts", { body: { text: `post ${number}` } });
    }
    const readHome = async (): Promise<string[]> => {
      const texts: string[] = [];
      for await (const post of again.items("/v1/timelines/home", { params: { query: { limit: 2 } } })) {
        texts.push(post.text);
      }
      return texts;
    };

    await until(async () => (await readHome()).length === 5);

    assert.deepEqual(await readHome(), ["post 4", "post 3", "post 2", "post 1", "post 0"]);
    const { data: page } = await again.api.GET("/v1/me/relationships", { params: { query: { ids: author } } });
    assert.equal(page.data[0]?.following, true);
  });

  test("logs in by username", async () => {
    const again = new Banyan(URL);

    await again.logIn("grace", PASSWORD);

    assert.equal(await idOf(again), await idOf(grace));
  });

  test("acts with a token it is given", async () => {
    assert.equal(await idOf(new Banyan(URL, { token: ada.token })), await idOf(ada));
  });

  test("answers without data where there is none", async () => {
    const { data: made } = await ada.api.POST("/v1/posts", { body: { text: "in short" } });

    const { data, response } = await ada.api.DELETE("/v1/posts/{post_id}", { params: { path: { post_id: made.id } } });

    assert.deepEqual([response.status, data], [204, undefined]);
  });

  test("edits what it saw", async () => {
    const seen = (await ada.api.GET("/v1/me")).response.headers.get("ETag") ?? "";
    const edit = (bio: string) =>
      ada.api.PATCH("/v1/me", { params: { header: { "If-Match": seen } }, body: { bio } });

    const { data: edited } = await edit("Hello");

    assert.equal(edited.data.bio, "Hello");
    const refusal = await refusalOf(Stale, edit("Again"));
    assert.deepEqual([refusal.status, refusal.code], [412, "precondition_failed"]);
  });

  test("answers 304 for what it has", async () => {
    const seen = (await ada.api.GET("/v1/me")).response.headers.get("ETag") ?? "";

    const { data, response } = await ada.api.GET("/v1/me", { params: { header: { "If-None-Match": seen } } });

    assert.deepEqual([response.status, data], [304, undefined]);
  });

  test("throws what the API refuses", async () => {
    const nobody = new Banyan(URL);
    const own = { params: { path: { user_id: await idOf(ada) } } };

    await refusalOf(Unauthorized, nobody.api.GET("/v1/me"));
    const absent = await refusalOf(
      NotFound,
      nobody.api.GET("/v1/posts/{post_id}", { params: { path: { post_id: "12345" } } }),
    );
    const invalid = await refusalOf(Invalid, ada.api.PUT("/v1/me/following/{user_id}", own));
    const blank = await refusalOf(BadRequest, ada.api.POST("/v1/posts", { body: { text: " \u200b" } }));

    assert.deepEqual([absent.code, absent.name], ["post_not_found", "NotFound"]);
    assert.equal(invalid.code, "cannot_follow_yourself");
    assert.deepEqual(
      blank.faults.map((fault) => [fault.place, fault.code]),
      [["/text", "text_blank"]],
    );
    assert.ok(blank.requestId);
  });

  test("throws what others' things are refused with", async () => {
    const { data: post } = await grace.api.POST("/v1/posts", { body: { text: "hers" } });

    await refusalOf(
      Forbidden,
      ada.api.DELETE("/v1/posts/{post_id}", { params: { path: { post_id: post.id } } }),
    );
  });

  test("says that name and password do not fit", async () => {
    const stranger = new Banyan(URL);

    await refusalOf(Unauthorized, stranger.logIn("ada", "not her password"));

    assert.equal(stranger.token, undefined);
  });

  test("does once what it sends with one key", async () => {
    const linus = await signedUp("linus");
    const publish = () =>
      linus.api.POST("/v1/posts", { body: { text: "once" }, params: { header: { "Idempotency-Key": "one" } } });

    const [first, second] = [await publish(), await publish()];

    assert.deepEqual(second.data, first.data);
    assert.equal(second.response.headers.get("Idempotency-Replayed"), "true");
    const id = await idOf(linus);
    await until(() => hasProfile(id));
    const texts: string[] = [];
    for await (const post of linus.items("/v1/users/{user_id}/posts", { params: { path: { user_id: id } } })) {
      texts.push(post.text);
    }
    assert.deepEqual(texts, ["once"]);
  });
});
