/** What the API refuses, as errors: one class for each thing a program does about it. */

/** One thing wrong with what was sent; `place` is a JSON pointer, a parameter or a header. */
export interface Fault {
  readonly place: string;
  readonly code: string;
  readonly detail: string;
}

interface SentFault {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly header?: string;
  readonly code?: string;
  readonly detail?: string;
}

/** The body of a refusal (RFC 9457), as far as it is one: what stands between may answer anything. */
export interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly request_id?: string;
  readonly errors?: readonly SentFault[];
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
    const code = problem.code ?? "unknown";
    const detail = problem.detail ?? "";
    super(`${status} ${code}: ${detail}`);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.requestId = problem.request_id ?? "";
    this.retryAfter = retryAfter;
    this.faults = (problem.errors ?? []).map(toFault);
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

const CLASSES: Readonly<Record<number, typeof BanyanError>> = {
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

/** Return the seconds that an answer asks to wait, if it does. */
export function retryAfter(response: Response): number | undefined {
  const sent = response.headers.get("Retry-After") ?? "";
  return /^\d+$/.test(sent) ? Number(sent) : undefined;
}

function toProblem(text: string): Problem {
  try {
    const problem: unknown = JSON.parse(text);
    return typeof problem === "object" && problem !== null ? problem : {};
  } catch {
    return { detail: text.slice(0, 200) };
  }
}

function toFault(fault: SentFault): Fault {
  const place = fault.pointer ?? fault.parameter ?? fault.header ?? "";
  return { place, code: fault.code ?? "", detail: fault.detail ?? "" };
}
