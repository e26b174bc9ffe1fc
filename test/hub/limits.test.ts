/** A hub whose answers have no end, or take for ever. The limits are small here, so that the tests are quick. */

import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { modelFolder } from "../../src/hub/index.js";
import type { limits } from "../../src/limits.js";
import { json } from "./answers.js";
import { bytesOf, impatientClient, namesUnder, worldOfEachTest } from "./world.js";

vi.mock("../../src/limits.js", async (actual) => ({
  limits: {
    ...(await actual<{ limits: typeof limits }>()).limits,
    answerBytes: 6 * 2 ** 20,
    answerTime: 400,
    slowTime: 100,
    listingPages: 5,
    listingFiles: 50,
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

it("a download whose bytes come one by one for ever is an error, and leaves nothing", async () => {
  const { hub, cache } = world();
  hub.add("model", "org/small", { "config.json": "{}", "model.safetensors": bytesOf(100_000) });
  let tries = 0;
  hub.intercept = (request, response) => {
    if (request.headers.host !== new URL(hub.cdnUrl).host) return false;
    tries++;
    response.writeHead(200);
    endless(response, "x", 20);
    return true;
  };
  await expect(modelFolder("org/small")).rejects.toMatchObject({
    code: "HUB_DOWNLOAD_INTERRUPTED",
    message: expect.stringContaining("a few bytes a minute"),
  });
  expect(tries).toBe(5);
  expect(namesUnder(cache).filter((name) => name.endsWith(".incomplete"))).toEqual([]);
});

describe("a listing of the hub is an error if it", () => {
  /** Answers each page of the listing with so many files, and a link to the next page. */
  async function listed(files: number, path: (index: number) => string) {
    const { hub } = world();
    hub.add("model", "org/small", { "config.json": "{}" });
    let pages = 0;
    hub.intercept = (request, response) => {
      if (!request.url!.includes("/tree/")) return false;
      pages++;
      response.setHeader("link", `<${hub.url}${request.url!.split("?")[0]}?page=${pages}>; rel="next"`);
      const entries = Array.from({ length: files }, (_, index) => ({
        type: "file",
        path: path(pages * files + index),
        size: 1,
        oid: "0".repeat(40),
      }));
      json(response, entries);
      return true;
    };
    const error = await modelFolder("org/small").catch((error: unknown) => error);
    return { error, pages };
  }

  it("has pages without end", async () => {
    const { error, pages } = await listed(0, String);
    expect(error).toMatchObject({ code: "HUB_ANSWER", message: expect.stringContaining("does not end") });
    expect(pages).toBe(5);
  });
  it("has files without end", async () => {
    const { error, pages } = await listed(20, (index) => `file-${index}`);
    expect(error).toMatchObject({ code: "HUB_ANSWER", message: expect.stringContaining("does not end") });
    expect(pages).toBe(3);
  });
  it("is nested more deeply than a program can read", async () => {
    const { hub } = world();
    hub.add("model", "org/small", { "config.json": "{}" });
    hub.intercept = (request, response) => {
      if (!request.url!.includes("/tree/")) return false;
      response.end("[".repeat(2 ** 22 + 1));
      return true;
    };
    await expect(modelFolder("org/small")).rejects.toMatchObject({
      code: "HUB_ANSWER",
      message: expect.stringContaining("nested too deeply"),
    });
  });
  it("has paths that are longer than any path", async () => {
    const { error } = await listed(1, () => "x".repeat(1001));
    expect(error).toMatchObject({ code: "HUB_ANSWER", message: expect.stringContaining("1001 characters") });
  });
});

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
