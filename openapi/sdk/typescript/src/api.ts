/** Types of calls: openapi-fetch's, less the error beside the data, for here refusals are thrown. */

import type { Client, FetchResponse, MaybeOptionalInit } from "openapi-fetch";
import type { paths } from "./generated.js";

type Method = "get" | "put" | "post" | "delete" | "patch";
type Media = `${string}/${string}`;

/** The paths that have a method. */
type PathWith<Verb extends Method> = {
  [Path in keyof paths]: paths[Path] extends { readonly [Key in Verb]: object } ? Path : never;
}[keyof paths];

type Operation<Path extends keyof paths, Verb extends Method> = paths[Path][Verb] & Record<string | number, unknown>;

/** Options of a call, which may be left out where none is required. */
type OptionsOf<Init> = undefined extends Init ? [init?: Init] : [init: Init];

/** What a call gives back; who sends `If-None-Match` may get a 304 without data. */
type Data<Path extends keyof paths, Verb extends Method, Init> =
  | Extract<FetchResponse<Operation<Path, Verb>, Init, Media>, { error?: never }>["data"]
  | (Init extends { params: { header: { "If-None-Match": string } } } ? undefined : never);

/** Calls an operation by its path, and throws what the API refuses. */
type Call<Verb extends Method> = <
  Path extends PathWith<Verb>,
  Init extends MaybeOptionalInit<paths[Path], Verb>,
>(
  path: Path,
  ...init: OptionsOf<Init>
) => Promise<{ readonly data: Data<Path, Verb, Init>; readonly response: Response }>;

/** The operations of the contract, by method and path. */
export type Api = { readonly [Verb in Method as Uppercase<Verb>]: Call<Verb> } & Pick<
  Client<paths>,
  "use" | "eject"
>;

/** What a list answers. */
export interface Page<Card> {
  readonly data: readonly Card[];
  readonly next: string | null;
}

type PageAt<Path extends keyof paths> = paths[Path] extends {
  readonly get: { readonly responses: { readonly 200: { content: { readonly "application/json": infer Body } } } };
}
  ? Body
  : never;

/** A page of a list, with what its cards refer to and what changes. */
export type PageOf<Path extends ListPath> = PageAt<Path>;

/** The paths of lists. */
export type ListPath = {
  [Path in keyof paths]: [PageAt<Path>] extends [never]
    ? never
    : PageAt<Path> extends Page<unknown>
      ? Path
      : never;
}[keyof paths];

/** One card of a list. */
export type CardAt<Path extends ListPath> = PageAt<Path> extends Page<infer Card> ? Card : never;

/** What a list is asked with. */
export type ListOptions<Path extends ListPath> = OptionsOf<MaybeOptionalInit<paths[Path], "get">>;
