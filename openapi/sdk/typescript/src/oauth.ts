/** Tokens of OAuth: renewed before they end or when they are refused, once for all calls that find it so. */

import { Redirected, toError, toObject, Unauthorized, Unreadable } from "./errors.js";
import { isRedirect, type Fetch } from "./retries.js";

const TOKEN = "/identity/o/api/token";
/** What is about to end is renewed before it does: a request takes its time. In milliseconds. */
const EARLY = 30_000;

/** What the API gave: the token to call with, the one to renew it with, and when it ends (milliseconds since 1970). */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken?: string | undefined;
  readonly expiresAt?: number | undefined;
}

/** An app's hold on one user: who the app is, its tokens, and where renewed ones are kept. */
export interface OAuth extends Tokens {
  readonly clientId: string;
  /** Of an app on a server alone: a page in a browser keeps no secret. */
  readonly clientSecret?: string | undefined;
  /** Stores the tokens before anything is sent with them: each refresh token is used once. */
  readonly onRenewed?: ((tokens: Tokens) => void | Promise<void>) | undefined;
}

/** Sends with a token that lives. */
export class Renewer {
  readonly #app: OAuth;
  readonly #url: string;
  readonly #fetch: Fetch;
  #tokens: Tokens;
  #renewing: Promise<Response | undefined> | undefined;

  constructor(app: OAuth, url: string, fetch: Fetch) {
    const { accessToken, refreshToken, expiresAt } = app;
    this.#app = app;
    this.#url = url;
    this.#fetch = fetch;
    this.#tokens = { accessToken, refreshToken, expiresAt };
  }

  /** Send, and once more if the token had ended. */
  async send(request: Request, init?: RequestInit): Promise<Response> {
    const { expiresAt = Infinity } = this.#tokens;
    if (Date.now() + EARLY > expiresAt) {
      const trouble = await this.#renew(this.#tokens);
      if (trouble !== undefined) return trouble;
    }
    const seen = this.#tokens;
    const again = request.clone();
    const response = await this.#with(seen, request, init);
    if (response.status !== 401 || seen.refreshToken === undefined) return response;
    return (await this.#renew(seen)) ?? (await this.#with(this.#tokens, again, init));
  }

  #with(tokens: Tokens, request: Request, init?: RequestInit): Promise<Response> {
    request.headers.set("Authorization", `Bearer ${tokens.accessToken}`);
    return this.#fetch(request, init);
  }

  /** Renew what was seen, unless that was done meanwhile; return what keeps it from being done now. */
  async #renew(seen: Tokens): Promise<Response | undefined> {
    if (this.#tokens !== seen || seen.refreshToken === undefined) return undefined;
    this.#renewing ??= this.#ask(seen.refreshToken).finally(() => {
      this.#renewing = undefined;
    });
    // Each caller reads an answer of its own.
    return (await this.#renewing)?.clone();
  }

  async #ask(refreshToken: string): Promise<Response | undefined> {
    const { clientId, clientSecret, onRenewed } = this.#app;
    const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken });
    const headers = new Headers({ "Content-Type": "application/x-www-form-urlencoded" });
    if (clientSecret === undefined) form.set("client_id", clientId);
    else headers.set("Authorization", `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`);
    const request = new Request(`${this.#url}${TOKEN}`, {
      method: "POST",
      headers,
      body: form.toString(),
      redirect: "manual",
    });
    const response = await this.#fetch(request, { signal: AbortSignal.timeout(30_000) });
    if (response.status === 429 || response.status === 503) return response;
    this.#tokens = await toTokens(response, refreshToken);
    await onRenewed?.(this.#tokens);
    return undefined;
  }
}

/** Return what was answered to a renewal, or throw why there is nothing. */
async function toTokens(response: Response, refreshToken: string): Promise<Tokens> {
  if (isRedirect(response)) throw new Redirected(response);
  if (response.status >= 402 || response.status === 403) throw await toError(response);
  const body = toObject(await response.text());
  const { error, error_description: detail, access_token: accessToken, refresh_token: next, expires_in: life } = body;
  if (response.status >= 400) {
    throw new Unauthorized(response.status, { code: error, detail });
  }
  if (typeof accessToken !== "string") throw new Unreadable(response.status, "No token was answered.");
  return {
    accessToken,
    refreshToken: typeof next === "string" ? next : refreshToken,
    expiresAt: typeof life === "number" ? Date.now() + life * 1000 : undefined,
  };
}
