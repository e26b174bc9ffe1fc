/** What is sent again after a failure: the same bytes, or nothing. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { HubRequest } from "../../src/hub/client.js";
import { push } from "../../src/hub/index.js";
import { refuse, TOKEN } from "./answers.js";
import { bytesOf, impatientClient, worldOfEachTest } from "./world.js";

type Body = NonNullable<HubRequest["body"]>;

const world = worldOfEachTest();

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

type Failure = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Ways in which a request fails that may go well the next time. */
const failures: readonly (readonly [string, Failure])[] = [
  ...[408, 429, 503].map(
    (status) =>
      [
        `status ${status} after all bytes`,
        async (request: IncomingMessage, response: ServerResponse) => {
          await bodyOf(request);
          refuse(response, status, undefined, "trouble");
        },
      ] as const,
  ),
  ["status 503 before any byte is read", (_, response) => refuse(response, 503, undefined, "trouble")],
  ["a reset amid the bytes", (request) => request.once("data", () => request.socket.destroy())],
  ["a reset before any byte is read", (request) => request.socket.destroy()],
];

/** Lets the first request of a method and path fail. */
function failFirst(method: string, path: RegExp, fail: Failure): void {
  let isFirst = true;
  world().hub.intercept = (request, response) => {
    if (!isFirst || request.method !== method || !path.test(request.url!)) return false;
    isFirst = false;
    void fail(request, response);
    return true;
  };
}

describe("an upload that fails once", () => {
  const files = { "config.json": Buffer.from("{}"), "model.safetensors": bytesOf(3_000_000) };
  let folder: string;
  beforeEach(() => {
    vi.stubEnv("HF_TOKEN", TOKEN);
    folder = join(world().home, "model");
    mkdirSync(folder);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  });

  describe.each([
    ["a large file", "PUT", /^\/lfs\/[0-9a-f]+$/, undefined],
    ["a part of a large file", "PUT", /^\/lfs\/[0-9a-f]+\/2$/, 1_000_000],
    ["the end of the parts", "POST", /^\/lfs\/[0-9a-f]+\/complete$/, 1_000_000],
    ["the commit", "POST", /\/commit\/main$/, undefined],
  ] as const)("with %s", (_, method, path, multipart) => {
    it.each(failures)("by %s is sent again, byte for byte", async (_, fail) => {
      const { hub } = world();
      hub.uploads.multipart = multipart;
      failFirst(method, path, fail);
      await push(folder, "tester/tiny");
      const repository = hub.repositories.get("model:tester/tiny")!;
      const tree = repository.commits.get(repository.refs.get("main")!)!;
      expect([...tree.keys()].sort()).toEqual(Object.keys(files));
      for (const name of tree.keys())
        expect(tree.get(name)!.content.equals(readFileSync(join(folder, name)))).toBe(true);
      expect(hub.seen.filter((seen) => seen.method === method && path.test(seen.path)).length).toBe(2);
    });
  });
});

describe("a request's body", () => {
  const bytes = bytesOf(200_000);
  const form = new FormData();
  form.set("file", new Blob([bytes]), "a.bin");

  /** What arrives at each try, the first of which fails; for each, what came of it. */
  async function sent(body: Body, fail: Failure, method = "PUT") {
    const tries: Buffer[] = [];
    let isFirst = true;
    world().hub.intercept = (request, response) => {
      if (isFirst) fail(request, response);
      else
        bodyOf(request).then((received) => {
          tries.push(received);
          response.end("{}");
        });
      isFirst = false;
      return true;
    };
    const { client, waits } = await impatientClient();
    const outcome = await client
      .request(`${world().hub.url}/upload?X-Signature=secret`, { method, body })
      .then(
        ({ answer }) => answer.status,
        (error: unknown) => error,
      );
    await client.close();
    return { outcome, tries, waits, asked: world().hub.seen.length };
  }

  describe.each(failures)("after %s", (_, fail) => {
    it.each([
      ["a string", "ünï".repeat(50_000), Buffer.from("ünï".repeat(50_000))],
      ["bytes", bytes, bytes],
      ["bytes within others", bytes.subarray(10, 150_000), bytes.subarray(10, 150_000)],
      ["an ArrayBuffer", new Uint8Array(bytes).buffer, bytes],
      ["a blob", new Blob([bytes]), bytes],
    ] as const)("that is %s is sent again", async (_, body, expected) => {
      const { outcome, tries } = await sent(body as Body, fail);
      expect(outcome).toBe(200);
      expect(tries.map((received) => received.equals(expected))).toEqual([true]);
    });

    it("that is a form is sent again", async () => {
      const { outcome, tries } = await sent(form as unknown as Body, fail);
      expect(outcome).toBe(200);
      expect(tries.map((received) => received.includes(bytes))).toEqual([true]);
    });

    it.each([
      ["a stream", () => new Blob([bytes]).stream()],
      ["a stream of Node", () => Readable.from([bytes])],
      [
        "a generator",
        async function* () {
          yield bytes;
        },
      ],
    ] as const)("that is %s is sent once, and the error says so", async (_, body) => {
      const { outcome, tries, waits, asked } = await sent(body() as unknown as Body, fail);
      expect(outcome).toMatchObject({
        code: "HUB_UPLOAD_INTERRUPTED",
        message: expect.stringMatching(
          /cannot be repeated.*(status (408|429|503)|other side|ECONNRESET|EPIPE)/,
        ),
        where: `${world().hub.url}/upload`,
        remedy: expect.stringContaining("Start the upload again"),
      });
      expect({ tries, waits, asked }).toEqual({ tries: [], waits: [], asked: 1 });
    });
  });

  const redirected: Failure = (_, response) => response.writeHead(307, { location: "/elsewhere" }).end();

  it("goes along where a redirect asks for it", async () => {
    const { outcome, tries } = await sent(new Blob([bytes]), redirected);
    expect(outcome).toBe(200);
    expect(tries.map((received) => received.equals(bytes))).toEqual([true]);
  });

  it("that is a stream doesn't go along, and the error names both addresses", async () => {
    const { outcome, tries } = await sent(Readable.from([bytes]), redirected);
    expect(outcome).toMatchObject({
      code: "HUB_UPLOAD_INTERRUPTED",
      message: expect.stringContaining(`${world().hub.url}/elsewhere`),
      where: `${world().hub.url}/upload`,
    });
    expect(tries).toEqual([]);
  });

  it("that is a stream is left behind where a redirect asks for an answer alone", async () => {
    const seeOther: Failure = async (request, response) => {
      await bodyOf(request);
      response.writeHead(303, { location: "/answer" }).end();
    };
    const { outcome, tries } = await sent(Readable.from([bytes]), seeOther, "POST");
    expect(outcome).toBe(200);
    expect(tries).toEqual([Buffer.alloc(0)]);
  });
});
