/** The client: who calls, how it is retried, and lists without end. */

import createClient from "openapi-fetch";
import type { Api, CardAt, ListOptions, ListPath, Page, PageOf } from "./api.js";
import { BadRequest, type BanyanError, toError, toObject, Unauthorized, Unreadable } from "./errors.js";
import { Events, type EventOptions } from "./events.js";
import type { Sendable } from "./files.js";
import type { components, paths } from "./generated.js";
import { Renewer, type OAuth } from "./oauth.js";
import { RETRY, sendRepeatedly, type Fetch, type Retry } from "./retries.js";
import { upload, type Means, type UploadOptions } from "./uploads.js";

const AUTH = "/auth/app/v1/auth";

/** The password is right, and a code of the user's device is needed as well. */
export class SecondFactorNeeded extends Error {
  override readonly name = "SecondFactorNeeded";
}

/** A code was mailed to the new account's address; send it with `verifyEmail`. */
export class CodeNeeded extends Error {
  override readonly name = "CodeNeeded";
}

/** Who calls, and how. */
export interface Options {
  /** A session token, an OAuth access token or a service key. */
  readonly token?: string | undefined;
  /** An app's tokens, which are renewed when they end. */
  readonly oauth?: OAuth | undefined;
  /** The id of the user for whom a service key acts. */
  readonly onBehalfOf?: string | undefined;
  /** How often to try, where it is not as usual; times are in seconds. */
  readonly retry?: Partial<Retry> | undefined;
  /** What stands in for the global `fetch`. */
  readonly fetch?: Fetch | undefined;
}

/** What a step of signing in answers, as far as it is looked at. */
interface Step {
  readonly meta?: { readonly session_token?: string } | null;
  readonly data?: { readonly flows?: readonly { readonly id: string; readonly is_pending?: boolean }[] } | null;
  readonly errors?: readonly StepFault[] | null;
}

interface StepFault {
  readonly message?: string;
  readonly code?: string;
  readonly param?: string;
}

interface Asked {
  readonly params?: { readonly query?: object };
}

/** A client of the API; `api` calls its operations: `banyan.api.GET("/v1/me")`. */
export class Banyan {
  /** Where the API is, without a slash at the end. */
  readonly url: string;
  readonly api: Api;
  onBehalfOf: string | undefined;
  // Neither logged nor written as JSON with the client.
  #token: string | undefined;
  readonly #send: (request: Request) => Promise<Response>;
  readonly #means: Means;

  /** Start as the holder of a token or a key, or as nobody; connects to nothing yet. */
  constructor(url: string, options: Options = {}) {
    this.url = toBase(url);
    this.#token = options.token;
    this.onBehalfOf = options.onBehalfOf;
    // Looked up late, for what replaces the global one; called as a function, which browsers insist on.
    const fetch: Fetch = options.fetch ?? ((...words) => globalThis.fetch(...words));
    const retry = { ...RETRY, ...options.retry };
    const renewer = options.oauth && new Renewer(options.oauth, this.url, fetch);
    const renewing: Fetch = (request, init) =>
      renewer && this.#isCall(request) ? renewer.send(request, init) : fetch(request, init);
    this.#send = (request) => sendRepeatedly(this.#authorize(request), renewing, retry);
    const send = async (request: Request): Promise<Response> => {
      const response = await this.#send(request);
      if (response.status >= 400) throw await toError(response);
      if (this.#isCall(request)) await checkAnswer(response);
      return response;
    };
    this.api = createClient<paths>({ baseUrl: this.url, fetch: send }) as unknown as Api;
    this.#means = { api: this.api, fetch, retry };
  }

  /** The session token, access token or service key in use; undefined with `oauth`, and for nobody. */
  get token(): string | undefined {
    return this.#token;
  }

  set token(token: string | undefined) {
    this.#token = token;
  }

  /**
   * Log in by username or e-mail address.
   *
   * @throws SecondFactorNeeded if `sendCode` has to follow; Unauthorized if they are wrong
   */
  async logIn(name: string, password: string): Promise<void> {
    this.token = undefined;
    await this.#step("/login", { [name.includes("@") ? "email" : "username"]: name, password });
  }

  /** Finish a log-in with the code of a second factor. */
  async sendCode(code: string): Promise<void> {
    await this.#step("/2fa/authenticate", { code });
  }

  /**
   * Make an account and log in.
   *
   * @throws CodeNeeded if the address has to be verified first
   */
  async signUp(username: string, email: string, password: string): Promise<void> {
    this.token = undefined;
    await this.#step("/signup", { username, email, password });
  }

  /** Finish a sign-up with the code that was mailed. */
  async verifyEmail(code: string): Promise<void> {
    await this.#step("/email/verify", { key: code });
  }

  /**
   * Upload an image or a video straight to the storage, and return it. It may be named in a post at once, while it is
   * processed; with `readyWithin` it is waited for.
   *
   * @throws UnsupportedFile, FileTooLarge if it is nothing to upload; StorageRefused, StorageUnavailable if the storage
   * does not take it, whatever was tried; ProcessingFailed, ProcessingTimeout if it is waited for, and is not ready
   */
  async upload(file: Sendable, options: UploadOptions = {}): Promise<components["schemas"]["OwnMedia"]> {
    return upload(file, options, this.#means);
  }

  /** Return what happens, to be iterated: `for await (const event of banyan.events({ since }))`. */
  events(options: EventOptions = {}): Events {
    return new Events(this.api, this.#means.retry, options);
  }

  /** Yield all cards of a list, page after page: `items("/v1/timelines/home", { params: { query: { limit: 100 } } })`. */
  async *items<Path extends ListPath>(
    path: Path,
    ...[init]: ListOptions<Path>
  ): AsyncGenerator<CardAt<Path>, void, undefined> {
    for await (const page of this.#pages(path, init)) yield* (page as Page<CardAt<Path>>).data;
  }

  /** Yield all pages of a list: `data` with what it refers to (`included`) and what changes (`state`). */
  async *pages<Path extends ListPath>(
    path: Path,
    ...[init]: ListOptions<Path>
  ): AsyncGenerator<PageOf<Path>, void, undefined> {
    yield* this.#pages(path, init);
  }

  async *#pages<Path extends ListPath>(path: Path, init?: Asked): AsyncGenerator<PageOf<Path>, void, undefined> {
    type Found = PageOf<Path> & Page<unknown>;
    const list = this.api.GET as unknown as (path: Path, init: Asked) => Promise<{ data: Found }>;
    let asked: Asked = init ?? {};
    for (;;) {
      const { data: page } = await list(path, asked);
      yield page as Awaited<PageOf<Path>>;
      if (!page.next) return;
      asked = { ...asked, params: { ...asked.params, query: { ...asked.params?.query, cursor: page.next } } };
    }
  }

  /** Return whether a request calls the API, with an app's tokens if there are any. */
  #isCall(request: Request): boolean {
    return request.url.startsWith(`${this.url}/v1/`);
  }

  /** Put the credentials on a request, unless it goes elsewhere. */
  #authorize(request: Request): Request {
    if (request.url.startsWith(`${this.url}/auth/`)) {
      if (this.token) request.headers.set("X-Session-Token", this.token);
    } else if (request.url.startsWith(`${this.url}/`)) {
      if (this.token) request.headers.set("Authorization", `Bearer ${this.token}`);
      if (this.onBehalfOf) request.headers.set("Banyan-On-Behalf-Of", this.onBehalfOf);
    }
    return request;
  }

  /** Take one step of signing in: keep the session that it gives, or throw what is needed next. */
  async #step(path: string, body: Record<string, string>): Promise<void> {
    const headers = { "Content-Type": "application/json" };
    const response = await this.#send(
      new Request(`${this.url}${AUTH}${path}`, { method: "POST", headers, body: JSON.stringify(body) }),
    );
    if (response.headers.get("Content-Type")?.startsWith("application/json") !== true) {
      this.token = undefined;
      throw await toError(response);
    }
    const step = toObject(await response.text()) as Step;
    this.token = step.meta?.session_token ?? this.token;
    if (response.status === 200) return;
    const waiting = (step.data?.flows ?? []).filter((flow) => flow.is_pending).map((flow) => flow.id);
    if (waiting.includes("mfa_authenticate")) throw new SecondFactorNeeded();
    if (waiting.includes("verify_email")) throw new CodeNeeded();
    // What was sent can be mended and sent again: a half-done log-in goes on.
    if (response.status !== 400) this.token = undefined;
    throw toRefusal(response.status, step.errors ?? []);
  }
}

/** Return the API's address, written as requests write it, for those that go there are told by it. */
function toBase(url: string): string {
  // Browsers take a mere path.
  const base = new URL(url, globalThis.location?.href);
  if (!/^https?:$/.test(base.protocol)) throw new TypeError("Give the API's address as https://host or https://host/path.");
  if (base.username || base.password) throw new TypeError("Leave name and password out of the address; logIn takes them.");
  if (base.search || base.hash) throw new TypeError("Leave query and fragment out of the API's address.");
  return base.href.replace(/\/+$/, "");
}

/** Throw unless an answer is JSON that somebody may read, or has nothing to say. */
async function checkAnswer(response: Response): Promise<void> {
  if (response.status === 204 || response.status === 304) return;
  const isJson = /^(application\/json)?\s*(;|$)/i.test(response.headers.get("Content-Type") ?? "");
  const text = await response.clone().text();
  if (!isJson || text === "") throw new Unreadable(response.status, `The answer is not JSON: ${JSON.stringify(text.slice(0, 200))}`);
}

/** Return the error of a step that was refused in the words of sign-in. */
function toRefusal(status: number, faults: readonly StepFault[]): BanyanError {
  const detail = faults.map((fault) => fault.message ?? "").join("; ");
  const mismatches = faults.some((fault) => fault.code?.endsWith("_password_mismatch"));
  if (status !== 400 || mismatches) return new Unauthorized(status, { code: "log_in_refused", detail });
  const errors = faults.map(({ param, code = "", message = "" }) => ({
    ...(param === undefined ? {} : { pointer: `/${param}` }),
    code,
    detail: message,
  }));
  return new BadRequest(status, { code: faults[0]?.code ?? "refused", detail, errors });
}
