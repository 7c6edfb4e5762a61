/** What the API refuses, as errors: one class for each thing a program does about it. */

/** One thing wrong with what was sent; `place` is a JSON pointer, a parameter or a header. */
export interface Fault {
  readonly place: string;
  readonly code: string;
  readonly detail: string;
}

/** The body of a refusal (RFC 9457), as far as it is one: what stands between may answer anything. */
export interface Problem {
  readonly code?: unknown;
  readonly detail?: unknown;
  readonly request_id?: unknown;
  readonly errors?: unknown;
}

/** An answer that is a problem; `code` is stable, `requestId` is what support asks for. */
export class BanyanError extends Error {
  // Written out in each class: `constructor.name` is what minifiers shorten.
  override readonly name: string = "BanyanError";
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  /** The seconds that the answer asks to wait, if it does. */
  readonly retryAfter: number | undefined;
  readonly faults: readonly Fault[];

  constructor(status: number, problem: Problem, retryAfter?: number) {
    const code = toText(problem.code) || "unknown";
    const detail = toText(problem.detail);
    super(`${status} ${code}: ${detail}`);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.requestId = toText(problem.request_id);
    this.retryAfter = retryAfter;
    this.faults = Array.isArray(problem.errors) ? problem.errors.map(toFault) : [];
  }
}

/** What was sent cannot be read; `faults` says where. */
export class BadRequest extends BanyanError {
  override readonly name: string = "BadRequest";
}

/** Log in (again). */
export class Unauthorized extends BanyanError {
  override readonly name: string = "Unauthorized";
}

/** The credentials do not reach this far. */
export class Forbidden extends BanyanError {
  override readonly name: string = "Forbidden";
}

/** There is no such thing, or the caller may not know of it. */
export class NotFound extends BanyanError {
  override readonly name: string = "NotFound";
}

/** The state of things stands against it. */
export class Conflict extends BanyanError {
  override readonly name: string = "Conflict";
}

/** Somebody changed it meanwhile: fetch it again (412), or say what was seen (428). */
export class Stale extends BanyanError {
  override readonly name: string = "Stale";
}

/** A rule of the product is broken. */
export class Invalid extends BanyanError {
  override readonly name: string = "Invalid";
}

/** A limit is reached; `retryAfter` says for how many seconds. */
export class RateLimited extends BanyanError {
  override readonly name: string = "RateLimited";
}

/** A part of the service did not answer, whatever was tried. */
export class Unavailable extends BanyanError {
  override readonly name: string = "Unavailable";
}

/** The API is somewhere else; nothing was sent there, for it would have had the credentials. */
export class Redirected extends BanyanError {
  override readonly name: string = "Redirected";

  constructor(response: Response) {
    const detail = `The API answered with a redirect to ${toPlace(response)}; make the client with the API's own address.`;
    super(response.status, { code: "redirected", detail });
  }
}

/** What came is no answer of the API: a page of something that stands between, say. */
export class Unreadable extends BanyanError {
  override readonly name: string = "Unreadable";

  constructor(status: number, detail: string) {
    super(status, { code: "unreadable_answer", detail });
  }
}

/** An upload came to nothing; `code` says why, and `mediaId` of what, once it was begun. */
export class UploadError extends Error {
  override readonly name: string = "UploadError";
  readonly code: string;
  readonly detail: string;
  readonly mediaId: string | undefined;

  constructor(code: string, detail: string, mediaId?: string, cause?: unknown) {
    super(`${code}: ${detail}`, { cause });
    this.code = code;
    this.detail = detail;
    this.mediaId = mediaId;
  }
}

/** It is of no type that can be uploaded. */
export class UnsupportedFile extends UploadError {
  override readonly name: string = "UnsupportedFile";
}

/** It has more bytes than one of its kind may. */
export class FileTooLarge extends UploadError {
  override readonly name: string = "FileTooLarge";
}

/** The storage did not take the file; `code` is its own word for why. */
export class StorageRefused extends UploadError {
  override readonly name: string = "StorageRefused";
}

/** The storage did not answer, whatever was tried. */
export class StorageUnavailable extends UploadError {
  override readonly name: string = "StorageUnavailable";
}

/** The file arrived and is not what it should be; `code` is the media's `reason`. */
export class ProcessingFailed extends UploadError {
  override readonly name: string = "ProcessingFailed";
}

/** The file arrived and is not ready yet; it may be named in a post all the same. */
export class ProcessingTimeout extends UploadError {
  override readonly name: string = "ProcessingTimeout";
}

const CLASSES: Readonly<Record<number, new (status: number, problem: Problem, retryAfter?: number) => BanyanError>> = {
  400: BadRequest,
  401: Unauthorized,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  412: Stale,
  422: Invalid,
  428: Stale,
  429: RateLimited,
};

/** Return the error of an answer whose body nobody has read. */
export async function toError(response: Response): Promise<BanyanError> {
  const kind = CLASSES[response.status] ?? (response.status >= 500 ? Unavailable : BadRequest);
  return new kind(response.status, toProblem(await response.text()), retryAfter(response));
}

/** Return the seconds that an answer asks to wait, if it does: as a number, or as the moment of its end. */
export function retryAfter(response: Pick<Response, "headers">): number | undefined {
  const sent = (response.headers.get("Retry-After") ?? "").trim();
  if (/^\d+(\.\d+)?$/.test(sent)) return Number(sent);
  const until = toMoment(sent);
  if (until === undefined) return undefined;
  // By the clock of who says so, if it tells: that of this machine may be wrong.
  const now = toMoment(response.headers.get("Date") ?? "") ?? Date.now();
  return Math.max(0, (until - now) / 1000);
}

/** Return the object that a text holds as JSON, or one without members. */
export function toObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Return an HTTP date in milliseconds; what `Date.parse` takes beside that is none. */
function toMoment(text: string): number | undefined {
  const moment = /^[A-Z][a-z]+, .+ GMT$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(moment) ? undefined : moment;
}

/** Return where a redirect leads, as far as it may be told: no path, no query, no name and password. */
function toPlace(response: Response): string {
  try {
    return new URL(response.headers.get("Location") ?? "", response.url || undefined).origin;
  } catch {
    return "another address";
  }
}

function toProblem(text: string): Problem {
  try {
    const problem: unknown = JSON.parse(text);
    return typeof problem === "object" && problem !== null ? problem : {};
  } catch {
    return { detail: text.slice(0, 200) };
  }
}

function toText(said: unknown): string {
  return typeof said === "string" ? said : "";
}

function toFault(sent: unknown): Fault {
  const fault = (typeof sent === "object" && sent !== null ? sent : {}) as Readonly<Record<string, unknown>>;
  const place = toText(fault["pointer"]) || toText(fault["parameter"]) || toText(fault["header"]);
  return { place, code: toText(fault["code"]), detail: toText(fault["detail"]) };
}
