/** Where events come from: a socket, if there is such a thing and one opens, or the polling twin of one. */

import type { Api } from "./api.js";
import type { components } from "./generated.js";
import { sleep } from "./retries.js";

/** What a server tells, as `docs/realtime.md` says; besides, `at` says what `seq` a source has come to. */
export interface Frame {
  readonly op?: string;
  readonly topic?: string;
  readonly type?: string;
  readonly seq?: number;
  readonly id?: string;
  readonly ts?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly problem?: Readonly<Record<string, unknown>>;
}

/** What tells events. */
export interface Source {
  /** Return what has come, as soon as something has; throws `SourceEnded` if nothing more will. */
  next(): Promise<readonly Frame[]>;
  /** Send a frame, if there is anybody to send it to. */
  say(frame: Frame & { readonly op: string }): void;
  /** Let go of it. */
  close(): void;
}

/** A class of sockets: the browser's, that of Node 22, or that of the package `ws`. */
export type SocketClass = new (url: string) => WebSocket;

/** For how long a request waits for something, and the pause after one that was answered at once with nothing. */
const WAIT = 25;
const PAUSE = 3;
const AT_ONCE = 1000;

/** Milliseconds without a word after which a server is asked for one, and in which it must come. */
const QUIET = 25_000;
const PATIENCE = 10_000;

/** So many frames may wait for whoever iterates; with more, the socket is left, and opened again later. */
const MOST = 1000;
const ABNORMAL = 1006;

/** Nothing more comes from a source; `isOver` if it was meant to be. */
export class SourceEnded extends Error {
  override readonly name = "SourceEnded";
  readonly code: number;
  readonly reason: string;
  readonly isOver: boolean;

  constructor(code = ABNORMAL, reason = "", isOver = false) {
    super(`${code} ${reason}`);
    this.code = code;
    this.reason = reason;
    this.isOver = isOver;
  }
}

/** A socket, which may not have opened yet. */
export class Socket implements Source {
  readonly #socket: WebSocket;
  readonly #signal: AbortSignal;
  #frames: Frame[] = [];
  #end: SourceEnded | undefined;
  #wake: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(url: string, ticket: string, since: number | undefined, Class: SocketClass, signal: AbortSignal) {
    const address = `${url}?ticket=${ticket}`;
    try {
      this.#socket = open(Class, since === undefined ? address : `${address}&since=${since}`, url);
    } catch {
      // A page may not open it: what it says has the ticket in it.
      throw new SourceEnded();
    }
    this.#signal = signal;
    this.#socket.addEventListener("message", ({ data }) => this.#hear(data));
    this.#socket.addEventListener("close", ({ code, reason }) => this.#finish(new SourceEnded(code, reason)));
    // Node says why none opens here alone; the close that follows is what counts.
    this.#socket.addEventListener("error", () => this.#finish(new SourceEnded()));
    signal.addEventListener("abort", this.close, { once: true });
    this.#watch();
  }

  async next(): Promise<readonly Frame[]> {
    if (this.#frames.length === 0 && this.#end === undefined) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    if (this.#frames.length > 0) return this.#frames.splice(0);
    throw this.#end ?? new SourceEnded();
  }

  say(frame: Frame): void {
    // If it is too late for that, whoever reads will know.
    if (this.#socket.readyState === 1) this.#socket.send(JSON.stringify(frame));
  }

  readonly close = (): void => {
    this.#finish(new SourceEnded());
    this.#socket.close();
  };

  #hear(data: unknown): void {
    this.#watch();
    let frame: unknown;
    try {
      frame = JSON.parse(String(data));
    } catch {
      this.close();
      return;
    }
    if (this.#end !== undefined || typeof frame !== "object" || frame === null) return;
    this.#frames.push(frame as Frame);
    if (this.#frames.length > MOST) this.close();
    this.#wake();
  }

  #finish(end: SourceEnded): void {
    // An error comes before the close, which says more; who waits is woken by either.
    if (this.#end === undefined || this.#end.code === ABNORMAL) this.#end = end;
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.close);
    this.#wake();
  }

  /** Ask for a word when there is none for long, and give up without one: a network may be gone without telling. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#end !== undefined) return;
    this.#timer = setTimeout(() => {
      this.say({ op: "ping" });
      this.#timer = setTimeout(this.close, PATIENCE);
    }, QUIET);
  }
}

/** The polling twin: requests that wait where they can, each with what came since the last. */
export class Polling implements Source {
  readonly #api: Api;
  readonly #until: number;
  readonly #signal: AbortSignal;
  #since: number | undefined;
  #pause = 0;

  /** `until` is when to end, by `performance.now()`. */
  constructor(api: Api, since: number | undefined, until: number, signal: AbortSignal) {
    this.#api = api;
    this.#since = since;
    this.#until = until;
    this.#signal = signal;
  }

  async next(): Promise<readonly Frame[]> {
    if (performance.now() >= this.#until) throw new SourceEnded(ABNORMAL, "", true);
    await sleep(this.#pause, this.#signal);
    const began = performance.now();
    const query = { wait: WAIT, ...(this.#since === undefined ? {} : { since: this.#since }) };
    const { data } = await this.#api.GET("/v1/me/updates", { params: { query }, signal: this.#signal });
    const page = data as components["schemas"]["UpdatePage"];
    // Where no sockets are served nobody waits: then the caller does.
    const isIdle = page.data.length === 0 && this.#since !== undefined && performance.now() - began < AT_ONCE;
    this.#pause = isIdle ? PAUSE * (0.5 + Math.random()) : 0;
    this.#since = page.seq;
    const resync: Frame[] = page.resync ? [{ op: "resync", seq: page.seq }] : [];
    return [...resync, ...(page.data as readonly Frame[]), { op: "at", seq: page.seq }];
  }

  say(): void {}

  close(): void {}
}

/** Open a socket; outside of pages a header says who asks, which pages cannot set and browsers do. */
function open(Class: SocketClass, address: string, url: string): WebSocket {
  if (globalThis.location !== undefined) return new Class(address);
  const Speaking = Class as unknown as new (url: string, options: { headers: Record<string, string> }) => WebSocket;
  return new Speaking(address, { headers: { Origin: new URL(url.replace(/^ws/, "http")).origin } });
}
