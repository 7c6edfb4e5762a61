/**
 * Events against the stack at BANYAN_URL, whose sockets are at BANYAN_SOCKETS: the process BANYAN_SOCKETS_PID, which is
 * started again when it is killed. And against sockets that end as none can be made to.
 */

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Banyan, Unauthorized, type BanyanEvent, type EventOptions, type Events, type components } from "@banyan/client";
import { startStub, type Answer } from "./stub.ts";

const API = process.env["BANYAN_URL"] ?? "http://localhost:8000";
const SOCKETS = process.env["BANYAN_SOCKETS"] ?? "ws://localhost:8002/v1/realtime";
const PASSWORD = process.env["BANYAN_PASSWORD"] ?? "";
const RETRY = { firstWait: 0.01, longestWait: 0.2 };

async function until(holds: () => unknown): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, "it did not come true in time");
    await sleep(20);
  }
}

interface Hearing {
  readonly events: Events;
  readonly heard: BanyanEvent[];
  readonly ended: Promise<unknown>;
  stop(): Promise<unknown>;
}

/** Hear events until stopped; return when it is known from where on. */
async function hear(banyan: Banyan, more: EventOptions = {}): Promise<Hearing> {
  const controller = new AbortController();
  const events = banyan.events({ url: SOCKETS, ...more, signal: controller.signal });
  const heard: BanyanEvent[] = [];
  const run = async (): Promise<unknown> => {
    try {
      for await (const event of events) heard.push(event);
      return "stopped";
    } catch (trouble) {
      return trouble;
    }
  };
  const ended = run();
  await until(() => events.seq !== undefined);
  const stop = (): Promise<unknown> => {
    controller.abort();
    return ended;
  };
  return { events, heard, ended, stop };
}

const typesOf = ({ heard }: Hearing): string[] => heard.map(({ type }) => type);

describe("Events of a live stack", () => {
  let ada: Banyan;
  const posts: string[] = [];
  let read = 0;

  before(async () => {
    ada = new Banyan(API, { retry: RETRY });
    await ada.signUp("ada", "ada@example.org", PASSWORD);
    for (let number = 0; number < 40; number += 1) {
      const { data } = await ada.api.POST("/v1/posts", { body: { text: `post ${number}` } });
      posts.push(data.id);
    }
  });

  /** Read on, step by step: each is an event. */
  async function readOn(steps: number): Promise<string[]> {
    const ids = posts.slice(read, (read += steps));
    for (const last_read_id of ids) {
      await ada.api.PUT("/v1/me/markers/{timeline}", { params: { path: { timeline: "home" } }, body: { last_read_id } });
    }
    return ids;
  }

  const readBy = ({ heard }: Hearing): unknown[] => heard.map(({ data }) => data["last_read_id"]);

  test("are each told once and in order though the process is killed, and go on after what was read", async () => {
    const first = await hear(ada);
    const began = first.events.seq ?? 0;

    const expected = await readOn(10);
    process.kill(Number(process.env["BANYAN_SOCKETS_PID"]), "SIGKILL");
    expected.push(...(await readOn(10)));
    await until(() => first.heard.length === 20);
    expected.push(...(await readOn(5)));
    await until(() => first.heard.length === 25);

    assert.deepEqual(readBy(first), expected);
    const { data } = await ada.api.GET("/v1/me/updates", { params: { query: { since: began } } });
    const polled = (data as unknown as components["schemas"]["UpdatePage"]).data;
    assert.deepEqual(first.heard.map(({ seq }) => seq), polled.map(({ seq }) => seq));
    assert.equal(await first.stop(), "stopped");
    const second = await hear(ada, { since: first.heard[21]?.seq });
    await until(() => second.heard.length === 3);
    assert.deepEqual(readBy(second), expected.slice(22));
    await second.stop();
  });

  test("say that something may be missing", async () => {
    const hearing = await hear(ada, { since: 1 });

    await until(() => hearing.heard.length === 1);

    assert.deepEqual(typesOf(hearing), ["resync"]);
    assert.equal(hearing.heard[0]?.seq, hearing.events.seq);
    await hearing.stop();
  });

  test("are of topics too until those are left", async () => {
    const post_id = posts[0] ?? "";
    const edit = (text: string) => ada.api.PATCH("/v1/posts/{post_id}", { params: { path: { post_id } }, body: { text } });
    const hearing = await hear(ada, { topics: [`post:${post_id}`, "post:12345"] });
    await until(() => hearing.heard.length === 1);

    await edit("hallo");
    await until(() => hearing.heard.length === 2);
    hearing.events.unsubscribe(`post:${post_id}`);
    hearing.events.subscribe("post:54321");
    await until(() => hearing.heard.length === 3);
    await edit("again");
    await readOn(1);
    await until(() => hearing.heard.length === 4);

    assert.deepEqual(typesOf(hearing), ["error", "post.updated", "error", "marker.changed"]);
    assert.equal(hearing.heard[0]?.data["code"], "post_not_found");
    await hearing.stop();
  });

  test("are asked for where no socket opens, or there is no such thing", async () => {
    const elsewhere = await hear(ada, { url: `${API.replace(/^http/, "ws")}/v1/realtime` });
    const [global, without] = [globalThis.WebSocket, globalThis as { WebSocket: unknown }];
    without.WebSocket = undefined;
    const nowhere = await hear(ada).finally(() => (without.WebSocket = global));

    const expected = await readOn(2);

    for (const hearing of [elsewhere, nowhere]) {
      assert.ok(hearing.events.isAsking);
      await until(() => hearing.heard.length === 2);
      assert.deepEqual(readBy(hearing), expected);
      await hearing.stop();
    }
  });

  test("leave no socket behind, stopped by a signal or by leaving the loop", async () => {
    const hearings = await Promise.all([1, 2, 3, 4].map(() => hear(ada)));
    for (const hearing of hearings) assert.equal(await hearing.stop(), "stopped");
    for await (const event of ada.events({ url: SOCKETS, since: 1 })) {
      assert.equal(event.type, "resync");
      break;
    }

    const again = await Promise.all([1, 2, 3, 4, 5].map(() => hear(ada)));

    assert.deepEqual(again.map(({ events }) => events.isAsking), Array(5).fill(false));
    for (const hearing of again) await hearing.stop();
  });

  test("end with the credentials", async () => {
    const other = new Banyan(API, { retry: RETRY });
    await other.logIn("ada", PASSWORD);
    const hearing = await hear(other);

    await ada.api.DELETE("/v1/me/sessions");

    assert.ok((await hearing.ended) instanceof Unauthorized);
  });
});

/** Sockets that say hello and end, each in its way; the last one stays. */
function ending(ends: [code: number, reason: string][]) {
  const came: number[] = [];
  class Ending extends EventTarget {
    readyState = 1;
    constructor() {
      super();
      came.push(performance.now());
      const end = ends[came.length - 1];
      setTimeout(() => {
        this.dispatchEvent(new MessageEvent("message", { data: '{"op":"hello","seq":7}' }));
        const [code, reason] = end ?? [];
        if (end) this.dispatchEvent(Object.assign(new globalThis.Event("close"), { code, reason }));
      });
    }
    send(): void {}
    close(): void {}
  }
  return { came, webSocket: Ending as unknown as typeof WebSocket };
}

describe("Events of sockets that end", () => {
  const TICKET: Answer = [201, {}, { ticket: "t", url: "ws://localhost/", expires_at: "2026-11-27T08:00:00Z" }];

  test("wait as long as a server that ends asks for", async (t) => {
    const stub = await startStub([TICKET, TICKET, TICKET]);
    t.after(() => stub.stop());
    const { came, webSocket } = ending([[1012, "come back in 700 ms"], [1001, ""]]);

    const hearing = await hear(new Banyan(stub.url, { token: "secret", retry: RETRY }), { webSocket });
    await until(() => came.length === 3);
    await hearing.stop();

    const [first = 0, second = 0, third = 0] = came;
    assert.ok(second - first >= 690 && second - first < 1500, `${second - first}`);
    assert.ok(third - second < 500, `${third - second}`);
  });

  test("are asked for if there are sockets enough", async (t) => {
    const stub = await startStub([TICKET, [200, {}, { data: [], seq: 8, resync: false }]]);
    t.after(() => stub.stop());
    const { came, webSocket } = ending([[4429, "you have as many sockets as you may"]]);

    const hearing = await hear(new Banyan(stub.url, { token: "secret", retry: RETRY }), { webSocket });
    await until(() => hearing.events.seq === 8);
    await hearing.stop();

    assert.equal(came.length, 1);
    assert.match(stub.asked[1]?.path ?? "", /^\/v1\/me\/updates\?.*since=7/);
  });
});
