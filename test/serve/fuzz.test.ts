/** A sample of damaged requests; `npm run fuzz:serve` sends 100,000. */
import { expect, it } from "vitest";
import { full } from "../breadth.js";
import { Random } from "../hostile/mutate/random.js";
import { answerTo, caseOf, defectOf } from "./cases.js";
import { closeServers, ready } from "./testServer.js";

closeServers();

it("damaged requests get no error of the server, and leave it as it was", async () => {
  const limits = { maxBodyBytes: 100_000, maxTextLength: 10_000, maxLineBytes: 20_000, maxHeaderBytes: 4096 };
  const times = { headersTimeout: 1, bodyTimeout: 1, idleTimeout: 1, keepAliveTimeout: 0.5 };
  const server = await ready({ ...limits, ...times });
  const port = Number(new URL(server.url).port);
  const cases = Array.from({ length: full ? 20_000 : 400 }, (_, index) => index);
  const defects: string[] = [];
  let answered = 0;
  const client = async () => {
    for (let index = cases.pop(); index !== undefined; index = cases.pop()) {
      const received = await answerTo(port, caseOf(new Random(7, index)));
      if (received.length > 0) answered++;
      const defect = defectOf(received);
      if (defect !== undefined) defects.push(`case ${index}: ${defect}`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  expect(defects).toEqual([]);
  expect(answered).toBeGreaterThan(200);
  expect((await server.post("/v1/entities", { text: "Anna" })).status).toBe(200);
  expect(await (await server.get("/metrics")).text()).toMatch(/^te_queue_tokens 0$/m);
  expect(server.log.filter(({ level }) => level === "error")).toEqual([]);
});

it("a defect of an answer is seen", () => {
  const answer = (status: number, body: string, type = "application/json") =>
    Buffer.from(`HTTP/1.1 ${status} X\r\ncontent-type: ${type}\r\n\r\n${body}`);
  const problem = (status: number) => JSON.stringify({ status, code: "A", request_id: "b", detail: "c" });
  expect(defectOf(Buffer.alloc(0))).toBeUndefined();
  expect(defectOf(answer(200, "{}"))).toBeUndefined();
  expect(defectOf(answer(422, problem(422), "application/problem+json"))).toBeUndefined();
  expect(defectOf(answer(500, "{}"))).toMatch(/^status 500/);
  expect(defectOf(Buffer.from("nonsense"))).toMatch(/^no HTTP/);
  expect(defectOf(answer(400, "in /app/node_modules/x"))).toMatch(/^a leak/);
  expect(defectOf(answer(422, problem(400), "application/problem+json"))).toMatch(/^no problem/);
});
