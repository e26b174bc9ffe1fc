/** The reference card's command line, by names alone. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { train } from "../../src/train/index.js";
import { testIo } from "../cli/testIo.js";
import { tinyModel } from "../train/tinyModel.js";
import { TOKEN } from "./answers.js";
import { pairsOf, parquetOf } from "./parquetFiles.js";
import { filesOf, sha256 } from "./repositories.js";
import { worldOfEachTest } from "./world.js";

const world = worldOfEachTest();
let tiny: Awaited<ReturnType<typeof tinyModel>>;
beforeAll(async () => {
  tiny = await tinyModel();
});
afterAll(() => rmSync(tiny.folder, { recursive: true, force: true }));

async function command(...args: string[]) {
  const { io, stdout, stderr } = testIo();
  const code = await nerium(args, io);
  return { code, out: stdout.text, err: stderr.text };
}

const trained = (output: string, ...more: string[]) =>
  command(
    ...["train", "--model", "roberta-large", "--dataset", "conll2003", "--output", output],
    ...["--learning-rate", "3e-3", "--num-train-epochs", "2", "--threads", "1", ...more],
  );

beforeEach(() => {
  const { hub } = world();
  vi.stubEnv("HF_TOKEN", TOKEN);
  hub.renamed.set("model:roberta-large", "FacebookAI/roberta-large");
  hub.renamed.set("dataset:conll2003", "eriktks/conll2003");
  hub.add("model", "FacebookAI/roberta-large", filesOf(tiny.encoder));
  hub.add("dataset", "eriktks/conll2003", { "README.md": "# CoNLL", "conll2003.py": "import os" });
  const splits = (["train", "validation", "test"] as const).map(
    (split) =>
      [
        `conll2003/${split}/0000.parquet`,
        parquetOf(pairsOf(readFileSync(tiny.files[split], "utf8"))),
      ] as const,
  );
  hub.add("dataset", "eriktks/conll2003", Object.fromEntries(splits), "refs/convert/parquet");
});

describe("nerium train --model roberta-large --dataset conll2003 --push-to-hub NAME", () => {
  it("trains, evaluates and uploads in one commit; a second run does without the hub", async () => {
    const { hub, home } = world();
    const output = join(home, "first");
    const first = await trained(output, "--push-to-hub", "roberta-large_ner_conll2003");
    expect(first.err).toBe("");
    expect(first.code).toBe(0);
    expect(first.out).toMatch(/downloaded roberta-large,/);
    expect(first.out).toMatch(/Uploaded \d+ files to .*\/tester\/roberta-large_ner_conll2003/);

    const name = "tester/roberta-large_ner_conll2003";
    expect(hub.uploads.commits.map(({ repository }) => repository)).toEqual([name]);
    const { files } = hub.uploads.commits[0]!;
    expect(files).toEqual(
      expect.arrayContaining(["README.md", "config.json", "model.safetensors", "tokenizer.json"]),
    );
    expect(files.filter((file) => /checkpoint|training_args|^\./.test(file))).toEqual([]);
    const pushed = hub.repositories.get(`model:${name}`)!;
    const tree = pushed.commits.get(pushed.refs.get("main")!)!;
    expect(sha256(tree.get("model.safetensors")!.content)).toBe(
      sha256(readFileSync(join(output, "model.safetensors"))),
    );

    const card = tree.get("README.md")!.content.toString("utf8");
    expect(card).toContain(
      "fine-tuned version of [roberta-large](https://huggingface.co/roberta-large) on the conll2003 dataset",
    );
    expect(card).toMatch(/args: conll2003/);
    expect(card).not.toContain(home);

    vi.stubEnv("HF_HUB_OFFLINE", "1");
    hub.seen.length = 0;
    const second = await trained(join(home, "second"));
    expect(second.err).toBe("");
    expect(second.code).toBe(0);
    expect(hub.seen).toEqual([]);
    const weights = (run: string) => sha256(readFileSync(join(home, run, "model.safetensors")));
    expect(weights("second")).toBe(weights("first"));

    vi.stubEnv("HF_HUB_OFFLINE", "");
    const predicted = await command("predict", name, "Victoria Ashford met engineers.", "--threads", "1");
    expect(predicted).toMatchObject({ code: 0, err: "" });
    const evaluated = await command("evaluate", name, tiny.files.test, "--json", "--threads", "1");
    expect(evaluated.code).toBe(0);
    expect(JSON.parse(evaluated.out).sentences).toBe(30);

    /** The data set counts rows where the file counts lines. */
    const placeless = (out: string) => {
      const { seconds: _, worst, ...scores } = JSON.parse(out);
      const errors = worst.map(({ file: _, line: __, ...error }: { file: string; line: number }) => error);
      return { ...scores, worst: errors };
    };
    const byName = async (...more: string[]) => {
      const { code, out } = await command(
        ...["evaluate", name, "--dataset", "conll2003", "--json", "--threads", "1", ...more],
      );
      expect(code).toBe(0);
      return placeless(out);
    };
    const ofFile = placeless(evaluated.out);
    expect(await byName()).toEqual({ ...ofFile, file: "conll2003 (test)" });
    expect(await byName("--split", "validation")).toMatchObject({
      file: "conll2003 (validation)",
      sentences: 40,
    });
  });

  it("is preceded by a look at the data with the model's tokens, for which no weights are downloaded", async () => {
    const args = ["data", "inspect", tiny.files.train, "--model", "roberta-large", "--json"];
    const { code, out } = await command(...args);
    expect(code).toBe(0);
    expect(JSON.parse(out).tokens.limit).toBe(126);
    expect(world().hub.seen.some(({ path }) => path.includes("safetensors"))).toBe(false);
  });

  it("says before it trains that the token may not write", async () => {
    vi.stubEnv("HF_TOKEN", undefined);
    const output = join(world().home, "out");
    expect(await trained(output, "--push-to-hub", "me/model")).toMatchObject({
      code: 1,
      err: expect.stringContaining("HUB_TOKEN_MISSING"),
    });
    vi.stubEnv("HF_TOKEN", TOKEN);
    expect((await trained(output, "--push-to-hub", "someone-else/model")).err).toContain("HUB_PUSH_REFUSED");
    expect(world().hub.seen.some(({ path }) => path.includes("resolve"))).toBe(false);
  });
});

it("a run that is stopped while it downloads says so, and writes no model", async () => {
  const { hub, home } = world();
  hub.fault = () => ({ slow: 20 });
  const stopping = new AbortController();
  const run = train(
    { model: "roberta-large", dataset: "conll2003", output: join(home, "stopped") },
    {
      signal: stopping.signal,
      listeners: [
        ({ type }) => {
          if (type === "download") stopping.abort();
        },
      ],
    },
  );
  await expect(run.result()).rejects.toMatchObject({ code: "TRAIN_STOPPED_EARLY" });
  expect(existsSync(join(home, "stopped/model.safetensors"))).toBe(false);
});

describe("nerium push", () => {
  it("uploads a folder in one commit, large files in parts, and makes the repository private where asked", async () => {
    const { hub } = world();
    hub.uploads.multipart = 20_000;
    const pushed = await command("push", tiny.encoder, "tiny", "--private");
    expect(pushed).toMatchObject({ code: 0, err: "" });
    expect(pushed.out).toMatch(/^uploaded \d+ files to .*\/tester\/tiny\ncommit {3}[0-9a-f]{40}\n$/);
    expect(hub.repositories.get("model:tester/tiny")!.private).toBe(true);
    expect(hub.uploads.objects.size).toBe(1);
    const again = await command("push", tiny.encoder, "tester/tiny", "--json");
    expect(JSON.parse(again.out)).toMatchObject({ name: "tester/tiny" });
    expect(hub.uploads.commits.length).toBe(2);
  });

  it("of what is no model ends before the hub is asked", async () => {
    expect((await command("push", "no-such-folder", "a/b")).err).toContain("FILES_NOT_FOUND");
    expect((await command("push", world().home, "a/b")).err).toContain("HUB_NOTHING_TO_PUSH");
    expect(world().hub.seen).toEqual([]);
  });
});
