/** Events: what concerns a user, as it happens, each once and in order, over whatever comes between. */

import type { Api } from "./api.js";
import { BanyanError, Conflict, RateLimited, Unavailable, Unreadable } from "./errors.js";
import type { components } from "./generated.js";
import { sleep, type Retry } from "./retries.js";
import { Polling, Socket, SourceEnded, type Frame, type SocketClass, type Source } from "./sources.js";

/** Something that happened; ignore those of a `type` that you do not know. */
export interface BanyanEvent {
  /** `resync`: something may be missing before it, so read anew what you show. `error`: the topic is told no longer. */
  readonly type: string;
  readonly topic: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** What to go on from; news of topics other than `me` has none, and neither `id` nor `at`. */
  readonly seq: number | undefined;
  readonly id: string | undefined;
  readonly at: string | undefined;
}

/** From where on, and of what. */
export interface EventOptions {
  /** The `seq` of the event to go on after; without, it begins with now. */
  readonly since?: number | undefined;
  /** What to listen to besides `me`: `timeline:home`, `post:` with an id. */
  readonly topics?: Iterable<string> | undefined;
  /** Ends the loop, and closes the socket. */
  readonly signal?: AbortSignal | undefined;
  /** Where sockets are opened, `ws` or `wss`, if not where the API says. */
  readonly url?: string | undefined;
  /** What stands in for the global `WebSocket`, which Node 20 has not: the class of the package `ws`. */
  readonly webSocket?: SocketClass | undefined;
}

const TOO_MUCH = 4429;

/** So many sockets that do not open, one after the other, and it is asked for so many milliseconds instead. */
const TRIES = 3;
const ASK_FOR = 60_000;

/** What happens from here on; iterated again, it goes on after what was yielded last. */
export class Events implements AsyncIterable<BanyanEvent> {
  readonly #api: Api;
  readonly #url: string | undefined;
  readonly #retry: Retry;
  readonly #signal: AbortSignal;
  readonly #Class: SocketClass | undefined;
  readonly #topics: Set<string>;
  #seq: number | undefined;
  #source: Source | undefined;
  #failures = 0;

  constructor(api: Api, retry: Retry, options: EventOptions) {
    this.#api = api;
    this.#url = options.url;
    this.#retry = retry;
    this.#signal = options.signal ?? new AbortController().signal;
    this.#Class = options.webSocket ?? globalThis.WebSocket;
    this.#topics = new Set(options.topics);
    this.#seq = options.since;
  }

  /** What to go on from: the number of what was yielded last. */
  get seq(): number | undefined {
    return this.#seq;
  }

  /** Whether it asks, for no socket can be had: of topics other than `me` nothing comes then. */
  get isAsking(): boolean {
    return this.#source instanceof Polling;
  }

  /** Listen to a topic as well, now and whenever a socket is opened. */
  subscribe(topic: string): void {
    this.#topics.add(topic);
    this.#source?.say({ op: "sub", topic });
  }

  /** Listen to a topic no longer. */
  unsubscribe(topic: string): void {
    this.#topics.delete(topic);
    this.#source?.say({ op: "unsub", topic });
  }

  /**
   * Yield what happens, until the signal says so; leaving the loop closes the socket.
   *
   * @throws BanyanError what comes back for credentials that have ended, or do not reach this far
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<BanyanEvent, void, undefined> {
    while (!this.#signal.aborted) {
      let asked: number | undefined;
      try {
        this.#source = await this.#begin();
        for (;;) {
          for (const frame of await this.#source.next()) {
            if (this.#signal.aborted) return;
            const event = this.#take(frame);
            if (event !== undefined) yield event;
          }
        }
      } catch (trouble) {
        if (this.#signal.aborted) return;
        asked = this.#settle(trouble);
      } finally {
        this.#source?.close();
        this.#source = undefined;
      }
      await sleep(asked ?? this.#pause(), this.#signal).catch(() => {});
    }
  }

  /** Return what tells from where this left off. */
  async #begin(): Promise<Source> {
    const [signal, Class] = [this.#signal, this.#Class];
    if (Class === undefined) return new Polling(this.#api, this.#seq, Infinity, signal);
    if (this.#failures >= TRIES) return new Polling(this.#api, this.#seq, performance.now() + ASK_FOR, signal);
    this.#failures += 1;
    const { data } = await this.#api.POST("/v1/realtime/tickets", { signal });
    const { ticket, url } = data as components["schemas"]["NewTicket"];
    return new Socket(this.#url ?? url, ticket, this.#seq, Class, signal);
  }

  /** Note what a frame says of the connection, and return what it tells the caller. */
  #take(frame: Frame): BanyanEvent | undefined {
    const { op, seq, type, topic = "" } = frame;
    if (op === "hello") {
      this.#failures = 0;
      this.#seq = seq;
      for (const wanted of this.#topics) this.#source?.say({ op: "sub", topic: wanted });
    } else if (op === "at") {
      this.#seq = seq;
    } else if (op === "resync") {
      this.#seq = seq;
      return toEvent("resync", "me", {}, frame);
    } else if (op === "error") {
      return this.#refused(topic, frame);
    } else if (type !== undefined && (seq === undefined || this.#seq === undefined || seq > this.#seq)) {
      this.#seq = seq ?? this.#seq;
      return toEvent(type, topic, frame.data ?? {}, frame);
    }
    return undefined;
  }

  /** Return that a topic is told no longer; asked for again is one alone that nobody could tell of now. */
  #refused(topic: string, frame: Frame): BanyanEvent {
    const problem = frame.problem ?? {};
    if (Number(problem["status"] ?? 500) < 500) this.#topics.delete(topic);
    return toEvent("error", topic, problem, frame);
  }

  /** Note how a source ended; return the seconds after which it asks to come back, if it does. */
  #settle(trouble: unknown): number | undefined {
    if (!(trouble instanceof SourceEnded)) {
      if (!isPassing(trouble)) throw trouble;
      return trouble instanceof BanyanError ? trouble.retryAfter : undefined;
    }
    if (trouble.isOver) {
      // It has asked for long enough: one socket is tried.
      this.#failures = TRIES - 1;
      return 0;
    }
    if (trouble.code === TOO_MUCH) this.#failures = TRIES;
    const said = /come back in (\d+) ms/.exec(trouble.reason);
    return said ? Number(said[1]) / 1000 : undefined;
  }

  /** Return the seconds to wait where nobody says: growing, and never those of all others. */
  #pause(): number {
    const grown = 5 * this.#retry.firstWait * 2 ** Math.max(this.#failures - 1, 0);
    return Math.min(grown, this.#retry.longestWait) * (0.5 + Math.random());
  }
}

function toEvent(type: string, topic: string, data: Readonly<Record<string, unknown>>, frame: Frame): BanyanEvent {
  return { type, topic, data, seq: frame.seq, id: frame.id, at: frame.ts };
}

/** Return whether it may be otherwise in a moment: what `fetch` throws of a network is a TypeError. */
function isPassing(trouble: unknown): boolean {
  if ([Conflict, RateLimited, Unavailable, Unreadable].some((kind) => trouble instanceof kind)) return true;
  return trouble instanceof TypeError || (trouble instanceof DOMException && trouble.name === "TimeoutError");
}
