/**
 * Retries that do nothing twice, and report nothing that is not so.
 *
 * Every POST carries an Idempotency-Key, and the same one when it is repeated. What has none is repeated only where its
 * first attempt was surely not carried out, or may be carried out twice: a PATCH whose answer was lost would hear 412 of
 * its own change, a DELETE 404.
 */

import { BanyanError, Redirected, retryAfter, toObject } from "./errors.js";

/** What really sends: `fetch`, or whatever stands in for it. */
export type Fetch = (request: Request, init?: RequestInit) => Promise<Response>;

/** How often, and for how many seconds in all, a request is tried. */
export interface Retry {
  readonly attempts: number;
  readonly firstWait: number;
  readonly longestWait: number;
  readonly total: number;
}

export const RETRY: Retry = { attempts: 5, firstWait: 0.2, longestWait: 10, total: 60 };

/** For how many seconds one attempt may go without its answer. */
const PATIENCE = 30;

/** What Node says when nothing has left; browsers do not tell. */
const UNSENT = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"];

/** Steps that take a code which is good for once. */
const ONE_TIME = /\/auth\/(2fa\/authenticate|email\/verify)$/;

/** Send until there is an answer worth having; throw what kept any from coming. */
export async function sendRepeatedly(request: Request, fetch: Fetch, retry: Retry): Promise<Response> {
  prepare(request);
  const deadline = performance.now() + retry.total * 1000;
  for (let attempt = 1; ; attempt += 1) {
    const { response, trouble } = await tryOnce(request, fetch);
    // Credentials go nowhere but where they were meant to go: a redirect is followed by nobody.
    if (response !== undefined && isRedirect(response)) throw new Redirected(response);
    if (trouble instanceof BanyanError) throw trouble;
    const wait = (await mayRepeat(request, response, trouble)) ? await toWait(retry, attempt, response) : undefined;
    if (wait === undefined || performance.now() + wait * 1000 > deadline) {
      if (response === undefined) throw trouble;
      return response;
    }
    await sleep(wait, request.signal);
  }
}

/** Return whether a request that failed may be sent again without doing or reporting what is not so. */
async function mayRepeat(request: Request, response?: Response, trouble?: unknown): Promise<boolean> {
  if (isRepeatable(request)) return true;
  if (response === undefined) return UNSENT.includes(codeOf(trouble));
  return response.status !== 503 || toObject(await response.clone().text())["outcome"] === "none";
}

/** Return whether a second attempt is answered like the first, whether or not that was carried out. */
function isRepeatable({ method, headers, url }: Request): boolean {
  if (method === "POST") return headers.has("Idempotency-Key") && !ONE_TIME.test(new URL(url).pathname);
  return ["GET", "HEAD", "OPTIONS"].includes(method) || (method === "PUT" && !headers.has("If-Match"));
}

/** Return what Node calls the trouble of a connection. */
function codeOf(trouble: unknown): string {
  const cause = trouble instanceof Error ? trouble.cause : undefined;
  return String((cause as { readonly code?: unknown } | undefined)?.code);
}

/** Give a POST the key that makes its repeats harmless. */
function prepare(request: Request): void {
  if (request.method === "POST" && !request.headers.has("Idempotency-Key")) {
    request.headers.set("Idempotency-Key", newKey());
  }
}

/** Return a key that nobody has: not by `randomUUID`, which pages without TLS do not have. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function tryOnce(request: Request, fetch: Fetch): Promise<{ response?: Response; trouble?: unknown }> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE * 1000)]);
  try {
    // A body is sent once: each attempt takes a copy.
    const response = await fetch(new Request(request.clone(), { redirect: "manual" }), { signal });
    // Read to its end here, so that a connection which breaks on the way counts as broken.
    await response.clone().arrayBuffer();
    return { response };
  } catch (trouble) {
    return { trouble };
  }
}

/** Return whether an answer leads elsewhere: in a browser it does not even say where, or a `fetch` has gone there. */
export function isRedirect(response: Response): boolean {
  const { type, redirected, status } = response;
  return type === "opaqueredirect" || redirected || [301, 302, 303, 307, 308].includes(status);
}

/** Return the seconds to wait after an attempt (from 1), or undefined if it was the last or needs no other. */
async function toWait(retry: Retry, attempt: number, response?: Response): Promise<number | undefined> {
  if (attempt >= retry.attempts || !(response === undefined || (await isPassing(response)))) return undefined;
  return toPause(retry, attempt, response);
}

/** Return the seconds before another attempt, as asked for or growing, or undefined if they are too many. */
export function toPause(retry: Retry, attempt: number, response?: Pick<Response, "headers">): number | undefined {
  const asked = response && retryAfter(response);
  const grown = retry.firstWait * 2 ** (attempt - 1) * (0.5 + Math.random());
  const wait = asked ?? grown;
  return wait <= retry.longestWait ? wait : undefined;
}

/** Return whether the same request may be answered otherwise in a moment. */
async function isPassing(response: Response): Promise<boolean> {
  if (response.status === 429 || response.status === 503) return true;
  return response.status === 409 && (await response.clone().text()).includes('"request_in_flight"');
}

/** Wait, unless the caller calls the request off or has done so, which is thrown. */
export function sleep(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, seconds * 1000);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
