/** Names, revisions, old names, secrets, refusals, and the cache without the hub. */
import { existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { modelFolder } from "../../src/hub/index.js";
import { mayBeTypedName, typedName } from "../../src/hub/names.js";
import { pathDanger, requireSafePaths } from "../../src/hub/paths.js";
import { repository } from "../../src/hub/repository.js";
import { hubSettings, proxyOf } from "../../src/hub/settings.js";
import { refuse, TOKEN } from "./answers.js";
import { commit } from "./repositories.js";
import { bytesOf, impatientClient, namesUnder, worldOfEachTest } from "./world.js";

const world = worldOfEachTest();
const small = { "config.json": "{}", "model.safetensors": bytesOf(5000) };
const about = { kind: "model", asked: "org/small", revision: "main" } as const;

/** A repository as a client that waits for nothing finds it, and how long it would have waited. */
async function found() {
  const { client, waits } = await impatientClient();
  const outcome = await repository(client, about).then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error }),
  );
  await client.close();
  return { ...outcome, waits };
}

describe("a model's folder", () => {
  it("holds what a run needs, and nothing else is downloaded", async () => {
    world().hub.add("model", "org/small", {
      ...small,
      ...{ "README.md": "…", "pytorch_model.bin": bytesOf(9), "tf_model.h5": "x", "onnx/model.onnx": "x" },
      ...{ "tokenizer.json": "{}", "vocab.txt": "a", "merges.txt": "b", ".gitattributes": "x" },
    });
    expect(namesUnder(await modelFolder("org/small"))).toEqual([
      "config.json",
      "merges.txt",
      "model.safetensors",
      "tokenizer.json",
      "vocab.txt",
    ]);
  });

  it("holds SentencePiece models under each of their names", async () => {
    const names = ["sentencepiece.bpe.model", "spiece.model", "spm.model", "tokenizer.model"];
    world().hub.add("model", "org/small", {
      ...small,
      ...Object.fromEntries(names.map((name) => [name, bytesOf(40)])),
      "other.model": "x",
    });
    expect(namesUnder(await modelFolder("org/small"))).toEqual([...Object.keys(small), ...names].sort());
  });

  it("has the shards that the index names", async () => {
    const map = {
      "a.weight": "model-00001-of-00002.safetensors",
      "b.weight": "model-00002-of-00002.safetensors",
    };
    world().hub.add("model", "org/small", {
      "config.json": "{}",
      "model.safetensors.index.json": JSON.stringify({ weight_map: map }),
      "model-00001-of-00002.safetensors": bytesOf(100, 1),
      "model-00002-of-00002.safetensors": bytesOf(100, 2),
      "consolidated.safetensors": bytesOf(100, 3),
    });
    expect(namesUnder(await modelFolder("org/small"))).toEqual(
      ["config.json", ...Object.values(map), "model.safetensors.index.json"].sort(),
    );
  });

  it("has pickled weights only if there are no safetensors", async () => {
    const { hub } = world();
    const old = { "config.json": "{}", "pytorch_model.bin": bytesOf(100), "tf_model.h5": "x" };
    hub.add("model", "org/small", old);
    hub.add("model", "org/small", { ...old, "model.safetensors": bytesOf(100) }, "refs/pr/4");
    expect(namesUnder(await modelFolder("org/small"))).toEqual(["config.json", "pytorch_model.bin"]);
    const proposed = ["config.json", "model.safetensors"];
    expect(namesUnder(await modelFolder("org/small@refs/pr/4"))).toEqual(proposed);
    expect(namesUnder(await modelFolder("org/small", { revision: "refs/pr/4" }))).toEqual(proposed);
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    expect(namesUnder(await modelFolder("org/small@refs/pr/4"))).toEqual(proposed);
  });

  it("has the pickled shards that the index names", async () => {
    const map = { a: "pytorch_model-00001-of-00002.bin", b: "pytorch_model-00002-of-00002.bin" };
    world().hub.add("model", "org/small", {
      "config.json": "{}",
      "pytorch_model.bin.index.json": JSON.stringify({ weight_map: map }),
      ...Object.fromEntries(Object.values(map).map((name) => [name, bytesOf(100)])),
      "training_args.bin": "x",
    });
    expect(namesUnder(await modelFolder("org/small"))).toEqual(
      ["config.json", ...Object.values(map), "pytorch_model.bin.index.json"].sort(),
    );
  });

  it("is that of the revision asked for: a branch, a tag, a commit", async () => {
    const { hub } = world();
    const made = hub.add("model", "org/small", small);
    const first = made.refs.get("main")!;
    hub.add("model", "org/small", { ...small, "config.json": '{"v":2}' });
    hub.add("model", "org/small", { ...small, "config.json": '{"v":3}' }, "feature/x");
    const config = async (name: string, revision?: string) =>
      readFileSync(join(await modelFolder(name, { revision }), "config.json"), "utf8");
    expect(await config("org/small")).toBe('{"v":2}');
    expect(await config("org/small@feature/x")).toBe('{"v":3}');
    expect(await config(`org/small@${first}`)).toBe("{}");
    expect(await config("org/small", first)).toBe("{}");
    await expect(config("org/small@nowhere")).rejects.toMatchObject({ code: "HUB_REVISION_NOT_FOUND" });
  });

  it("of the same name on this machine is that folder, and the hub isn't asked", async () => {
    const here = join(world().home, "bert");
    mkdirSync(here);
    expect(await modelFolder(here)).toBe(here);
    expect(await modelFolder("./no/such/path")).toBe("./no/such/path");
    expect(world().hub.seen).toEqual([]);
  });

  it.each([
    ["no config.json", { "model.safetensors": "x" }, "HUB_NO_MODEL"],
    ["weights of TensorFlow alone", { "config.json": "{}", "tf_model.h5": "x" }, "HUB_NO_WEIGHTS"],
  ])("with %s is an error", async (_, files, code) => {
    world().hub.add("model", "org/small", files as Record<string, string>);
    await expect(modelFolder("org/small")).rejects.toMatchObject({ code });
  });

  it("comes from listings of several pages", async () => {
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`extra/${index}.txt`, "x"]));
    world().hub.add("model", "org/small", { ...many, ...small });
    world().hub.pageSize = 10;
    expect(namesUnder(await modelFolder("org/small"))).toEqual(["config.json", "model.safetensors"]);
  });
});

describe("an old name", () => {
  it("leads to the real one, under which it is cached, and works without the hub too", async () => {
    const { hub, cache } = world();
    hub.add("model", "FacebookAI/roberta-large", small);
    hub.renamed.set("model:roberta-large", "FacebookAI/roberta-large");
    const folder = await modelFolder("roberta-large");
    expect(folder.startsWith(join(cache, "models--FacebookAI--roberta-large/snapshots"))).toBe(true);
    expect(readlinkSync(join(cache, "models--roberta-large"))).toBe("models--FacebookAI--roberta-large");
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    hub.seen.length = 0;
    expect(namesUnder(await modelFolder("roberta-large"))).toEqual(["config.json", "model.safetensors"]);
    expect(hub.seen).toEqual([]);
  });

  it("that Python has cached as it was typed stays there: nothing is downloaded twice", async () => {
    const { hub, cache } = world();
    hub.add("model", "FacebookAI/roberta-large", small);
    hub.renamed.set("model:roberta-large", "FacebookAI/roberta-large");
    mkdirSync(join(cache, "models--roberta-large/blobs"), { recursive: true });
    const folder = await modelFolder("roberta-large");
    expect(folder.startsWith(join(cache, "models--roberta-large/snapshots"))).toBe(true);
  });
});

describe("without the hub", () => {
  it("a model comes from the cache, offline or when nobody answers (D9)", async () => {
    const { hub } = world();
    hub.add("model", "org/small", small);
    const folder = await modelFolder("org/small");
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    expect(await modelFolder("org/small")).toBe(folder);
    vi.stubEnv("HF_HUB_OFFLINE", "");
    await hub.stop();
    const told: string[] = [];
    expect(await modelFolder("org/small", { onNotice: (message) => told.push(message) })).toBe(folder);
    expect(told).toEqual([expect.stringMatching(/not connect to the hub.*Using the cached version/)]);
  });

  it("what isn't in the cache is an error that says so (D9)", async () => {
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    await expect(modelFolder("org/small")).rejects.toMatchObject({ code: "HUB_NOT_CACHED" });
    expect(world().hub.seen).toEqual([]);
  });

  it("a snapshot that lacks a file is an error, not a smaller model (D9)", async () => {
    world().hub.add("model", "org/small", { ...small, "vocab.txt": "a" });
    const folder = await modelFolder("org/small");
    rmSync(join(folder, "vocab.txt"));
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    await expect(modelFolder("org/small")).rejects.toMatchObject({
      code: "HUB_NOT_CACHED",
      message: expect.stringContaining("vocab.txt"),
    });
  });

  it("the hub is asked for the commit alone where the cache has the rest", async () => {
    world().hub.add("model", "org/small", small);
    const folder = await modelFolder("org/small");
    world().hub.seen.length = 0;
    await modelFolder("org/small");
    expect(world().hub.seen.map(({ path }) => path)).toEqual(["/api/models/org/small/revision/main"]);
    expect(existsSync(folder)).toBe(true);
  });
});

describe("secrets", () => {
  it("go to the hub alone: not to the host that it redirects to", async () => {
    vi.stubEnv("HF_TOKEN", TOKEN);
    world().hub.add("model", "org/small", small).private = true;
    await modelFolder("org/small");
    const seen = world().hub.seen;
    expect(
      seen
        .filter(({ host }) => host === "hub")
        .every(({ authorization }) => authorization === `Bearer ${TOKEN}`),
    ).toBe(true);
    expect(seen.filter(({ host }) => host === "cdn").map(({ authorization }) => authorization)).toEqual([
      undefined,
    ]);
  });

  it("come from the file that a login leaves, and the environment wins", async () => {
    writeFileSync(join(world().home, "token"), "hf_file\n");
    expect((await hubSettings()).token).toBe("hf_file");
    vi.stubEnv("HF_TOKEN", "hf_environment");
    expect((await hubSettings()).token).toBe("hf_environment");
  });

  it.each([
    ["gated", undefined, "HUB_GATED"],
    ["gated", TOKEN, undefined],
    ["private", undefined, "HUB_NOT_FOUND"],
    ["private", TOKEN, undefined],
    ["private", "hf_wrong", "HUB_TOKEN_REFUSED"],
  ] as const)("a %s model with token %s: %s", async (kind, token, code) => {
    vi.stubEnv("HF_TOKEN", token);
    world().hub.add("model", "org/small", small)[kind] = true;
    const asked = modelFolder("org/small");
    if (code === undefined) await expect(asked).resolves.toBeTypeOf("string");
    else await expect(asked).rejects.toMatchObject({ code });
  });

  it.each(["http://hub.example.org", "http://127.0.0.2:80"])(
    "are never sent in the clear: %s is refused",
    async (endpoint) => {
      vi.stubEnv("HF_ENDPOINT", endpoint);
      await expect(hubSettings()).rejects.toMatchObject({ code: "HUB_INSECURE" });
    },
  );

  it("are not sent where a redirect leads off this machine without https", async () => {
    world().hub.intercept = (_, response) => {
      response.writeHead(302, { location: "http://203.0.113.1/steal" });
      response.end();
      return true;
    };
    expect((await found()).error).toMatchObject({ code: "HUB_INSECURE" });
  });
});

describe("a hub in trouble (D10)", () => {
  const failing = (times: number, status: number, headers: Record<string, string> = {}) => {
    let left = times;
    world().hub.add("model", "org/small", small);
    world().hub.intercept = (_, response) => {
      if (left-- <= 0) return false;
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      refuse(response, status, undefined, "trouble");
      return true;
    };
  };

  it.each([500, 502, 503, 504])("that answers %i for a while is asked again", async (status) => {
    failing(3, status);
    const { value, waits } = await found();
    expect(value?.name).toBe("org/small");
    expect(waits).toEqual([500, 1000, 2000]);
  });

  it("that says when to come back is asked then", async () => {
    failing(1, 429, { "retry-after": "7" });
    expect((await found()).waits).toEqual([7000]);
    failing(1, 429, { ratelimit: '"api";r=0;t=11' });
    expect((await found()).waits).toEqual([11_000]);
  });

  it("that asks to wait for an hour gets an error at once", async () => {
    failing(99, 429, { "retry-after": "3600" });
    expect(await found()).toMatchObject({ error: { code: "HUB_RATE_LIMITED" }, waits: [] });
  });

  it("that stays in trouble is an error", async () => {
    failing(99, 503);
    expect((await found()).error).toMatchObject({ code: "HUB_ANSWER" });
  });

  it("that redirects without end is an error", async () => {
    world().hub.intercept = (request, response) => {
      response.writeHead(307, { location: `${request.url}x` });
      response.end();
      return true;
    };
    expect((await found()).error).toMatchObject({ code: "HUB_REDIRECTS" });
    expect(world().hub.seen.length).toBe(11);
  });

  it("that cuts connections, or isn't there, is unreachable", async () => {
    world().hub.intercept = (request) => {
      request.socket.destroy();
      return true;
    };
    expect(await found()).toMatchObject({ error: { code: "HUB_UNREACHABLE" }, waits: [500, 1000] });
    await world().hub.stop();
    expect((await found()).error).toMatchObject({ code: "HUB_UNREACHABLE" });
  });

  it.each([
    ["a page for people", "<html>"],
    ["JSON of another kind", '{"ok":true}'],
    ["a commit that is none", '{"id":"org/small","sha":"../../x"}'],
  ])("that answers %s is no hub", async (_, text) => {
    world().hub.intercept = (_, response) => {
      response.end(text);
      return true;
    };
    expect((await found()).error).toMatchObject({ code: "HUB_ANSWER" });
  });
});

describe("paths of a repository (D7)", () => {
  it.each([
    ...[
      "../x",
      "/etc/x",
      "C:\\x",
      "C:x",
      "\\\\h\\s",
      "a/../../b",
      "a\u0000b",
      "CON",
      "aux.txt",
      "a//b",
      "./a",
      "a/.",
    ],
    ...["a\\b", "", "a ", "dir./x", "a:b", "com1.json", "a/nul", "x".repeat(300), "..", "a/..", "a\nb"],
  ])("%j is refused", (path) => {
    expect(pathDanger(path)).toBeTypeOf("string");
  });

  it.each([
    "config.json",
    "data/train-00000-of-00001.parquet",
    "a/b/c.txt",
    ".gitattributes",
    "console.txt",
    "ünï/日本.json",
    "a b.txt",
    "..x",
  ])("%s is taken", (path) => {
    expect(pathDanger(path)).toBeUndefined();
  });

  it("that are one where letter case doesn't count are refused together", () => {
    expect(() => requireSafePaths(["a/Config.json", "a/config.json"])).toThrow(/only in letter case/);
    expect(() => requireSafePaths(["caf\u00e9", "cafe\u0301"])).toThrow(/only in letter case/);
    requireSafePaths(["config.json", "config.json"]);
  });

  it("never lead out of the folder, whatever they are", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", ".", "/", "\\", ":", "~", " ") }), (path) => {
        if (pathDanger(path) !== undefined) return;
        expect(join("/root/folder", path).startsWith("/root/folder/")).toBe(true);
      }),
    );
  });

  it("from a hostile listing put nothing anywhere", async () => {
    const { hub, home } = world();
    const shard = "../../../../evil.safetensors";
    hub.add("model", "org/small", {
      "config.json": "{}",
      "model.safetensors.index.json": JSON.stringify({ weight_map: { a: shard } }),
      [shard]: bytesOf(10),
    });
    await expect(modelFolder("org/small")).rejects.toMatchObject({ code: "HUB_PATH_UNSAFE" });
    expect(namesUnder(home).filter((name) => name.includes("evil"))).toEqual([]);
  });
});

describe("names", () => {
  it("are of one or two parts, with a revision and, for data, a configuration", () => {
    expect(typedName("roberta-large")).toEqual({
      name: "roberta-large",
      revision: undefined,
      config: undefined,
    });
    expect(typedName("a/b@v1.0")).toEqual({ name: "a/b", revision: "v1.0", config: undefined });
    expect(typedName("a/b/c@feature/x", { withConfig: true })).toEqual({
      name: "a/b",
      revision: "feature/x",
      config: "c",
    });
    for (const wrong of [
      "",
      "a/b/c",
      "../x",
      "a b",
      "/abs",
      "a@",
      "-x",
      "x".repeat(97),
      "a--b",
      "C:\\x",
      "./x",
    ])
      expect(mayBeTypedName(wrong)).toBe(false);
  });
});

describe("proxies", () => {
  const proxies = {
    https: "http://proxy:3128",
    http: "http://other:80",
    except: "localhost, .corp.example,10.0.0.1:8443",
  };
  it.each([
    ["https://huggingface.co/x", "http://proxy:3128"],
    ["http://huggingface.co/x", "http://other:80"],
    ["https://localhost/x", undefined],
    ["https://hub.corp.example/x", undefined],
    ["https://corp.example/x", undefined],
    ["https://notcorp.example/x", "http://proxy:3128"],
    ["https://10.0.0.1:8443/x", undefined],
    ["https://10.0.0.1/x", "http://proxy:3128"],
  ])("%s goes through %s", (address, proxy) => {
    expect(proxyOf(new URL(address), proxies)).toBe(proxy);
  });

  it("are used: the hub is reached through one that tunnels", async () => {
    const { hub } = world();
    hub.add("model", "org/small", small);
    const tunnels: string[] = [];
    const proxy = createServer().on("connect", (request, socket) => {
      tunnels.push(request.url!);
      const [host, port] = request.url!.split(":");
      const target = connect(Number(port), host, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(target).pipe(socket);
      });
      for (const end of [socket, target]) end.on("error", () => {});
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    vi.stubEnv("NO_PROXY", "");
    await modelFolder("org/small");
    expect(new Set(tunnels)).toEqual(new Set([hub.url, hub.cdnUrl].map((url) => new URL(url).host)));
    proxy.closeAllConnections();
    proxy.close();
  });
});

it("a commit that is asked for by its hash never moves", async () => {
  const made = world().hub.add("model", "org/small", small);
  const hash = made.refs.get("main")!;
  commit(made, { "config.json": '{"moved":true}' });
  expect(await modelFolder(`org/small@${hash}`)).toContain(hash);
});
