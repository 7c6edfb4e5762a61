/** A server which answers what it was told to, one after the other, and keeps what it was asked. */

import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** What to answer: a status, headers and a body; or a connection that breaks at once, or in the body, or says nothing. */
export type Answer = readonly [status: number, headers: Record<string, string>, body: unknown] | "break" | "cut" | "hang";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Stub {
  readonly url: string;
  readonly asked: readonly Asked[];
  stop(): Promise<void>;
}

export async function startStub(answers: readonly Answer[]): Promise<Stub> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const { method = "", url: path = "", headers } = request;
    asked.push({ method, path, headers, body });
    const answer = answers[asked.length - 1] ?? [500, {}, { code: "not_told_what_to_answer" }];
    if (answer === "hang") return;
    if (answer === "break") {
      request.socket.destroy();
    } else if (answer === "cut") {
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" });
      response.write('{"id":', () => request.socket.destroy());
    } else {
      const [status, more, said] = answer;
      response.writeHead(status, { "Content-Type": "application/json", ...more });
      response.end(JSON.stringify(said));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, stop };
}
