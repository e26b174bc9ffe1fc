/** A hub whose answers have no end, or take for ever. The limits are small here, so that the tests are quick. */

import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import type { limits } from "../../src/limits.js";
import { impatientClient, worldOfEachTest } from "./world.js";

vi.mock("../../src/limits.js", async (actual) => ({
  limits: {
    ...(await actual<{ limits: typeof limits }>()).limits,
    answerBytes: 2 ** 20,
    answerTime: 400,
  },
}));

const world = worldOfEachTest();
const piece = "1,".repeat(2 ** 15);

/** Writes the piece again and again, until the client leaves. */
function endless(response: ServerResponse, text: string, every = 0): void {
  const timer = setInterval(() => response.write(text), every);
  response.on("close", () => clearInterval(timer));
}

async function answered(answer: (response: ServerResponse) => void) {
  world().hub.intercept = (_, response) => {
    answer(response);
    return true;
  };
  const { client } = await impatientClient();
  const started = performance.now();
  const error = await client.json(`${world().hub.url}/api/models/org/small`, undefined).catch((e) => e);
  await client.close();
  expect(performance.now() - started).toBeLessThan(10_000);
  return error as { code: string; message: string };
}

describe("an answer of the hub is an error if it", () => {
  it("is JSON without end", async () => {
    const error = await answered((response) => {
      response.write("[");
      endless(response, piece);
    });
    expect(error).toMatchObject({ code: "HUB_ANSWER", message: expect.stringContaining("too long") });
  });
  it("is small, and decompresses to more than is read", async () => {
    const error = await answered((response) => {
      response.setHeader("content-encoding", "gzip");
      response.end(gzipSync(Buffer.alloc(64 * 2 ** 20, " ")));
    });
    expect(error).toMatchObject({ code: "HUB_ANSWER", message: expect.stringContaining("too long") });
  });
  it("comes byte by byte for ever", async () => {
    const error = await answered((response) => endless(response, " ", 20));
    expect(error).toMatchObject({ code: "HUB_ANSWER", message: expect.stringContaining("takes too long") });
  });
  it("is a refusal without end", async () => {
    const error = await answered((response) => {
      response.statusCode = 400;
      endless(response, piece);
    });
    expect(error.code).toBe("HUB_ANSWER");
    expect(error.message.length).toBeLessThan(5000);
  });
  it("is nested more deeply than a program can read", async () => {
    const error = await answered((response) => response.end("[".repeat(2 ** 19)));
    expect(error.code).toBe("HUB_ANSWER");
  });
});
