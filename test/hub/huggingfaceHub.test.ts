/** The cache is one with Python's huggingface_hub, both ways. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { modelFolder, push } from "../../src/hub/index.js";
import { TOKEN } from "./answers.js";
import { bytesOf, namesUnder, worldOfEachTest } from "./world.js";

const python = process.env.NERIUM_PYTHON;
const world = worldOfEachTest();
const files = {
  "config.json": '{"model_type":"bert"}',
  "model.safetensors": bytesOf(50_000),
  "vocab.txt": "[PAD]\n",
};

/** What a program of Python's prints, as JSON; without the event loop's standing still, since the hub runs in it. */
async function pythonSays(program: string, offline: boolean): Promise<unknown> {
  const { stdout } = await promisify(execFile)(python!, ["-c", program], {
    env: { ...process.env, ...world().environment, HF_HUB_OFFLINE: offline ? "1" : "0", HF_TOKEN: TOKEN },
  });
  return JSON.parse(stdout);
}

const snapshot = (name: string, offline: boolean) => `
import json, os
from huggingface_hub import snapshot_download, hf_hub_download, scan_cache_dir
folder = snapshot_download("${name}", local_files_only=${offline ? "True" : "False"})
one = hf_hub_download("${name}", "config.json", local_files_only=${offline ? "True" : "False"})
report = scan_cache_dir()
print(json.dumps({
    "folder": folder,
    "config": open(one).read(),
    "files": sorted(os.listdir(folder)),
    "repositories": sorted(repository.repo_id for repository in report.repos),
    "warnings": [str(warning) for warning in report.warnings],
}))
`;

describe.skipIf(python === undefined)("huggingface_hub (skipped without NERIUM_PYTHON)", () => {
  it("reads offline what Nerium has cached, under the real name and the old one", async () => {
    const { hub } = world();
    hub.add("model", "FacebookAI/roberta-large", files);
    hub.renamed.set("model:roberta-large", "FacebookAI/roberta-large");
    const folder = await modelFolder("roberta-large");
    for (const name of ["FacebookAI/roberta-large", "roberta-large"])
      expect(await pythonSays(snapshot(name, true), true)).toMatchObject({
        folder: expect.stringContaining(folder.split("/").at(-1)!),
        config: files["config.json"],
        files: Object.keys(files).sort(),
        warnings: [],
      });
  });

  it("has cached what Nerium reads offline", async () => {
    const { hub } = world();
    hub.add("model", "org/small", files);
    const said = (await pythonSays(snapshot("org/small", false), false)) as { folder: string };
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    hub.seen.length = 0;
    const folder = await modelFolder("org/small");
    expect(folder).toBe(said.folder);
    expect(readFileSync(join(folder, "model.safetensors")).equals(files["model.safetensors"])).toBe(true);
    expect(hub.seen).toEqual([]);
  });

  it("and Nerium go on where the other was: no file is downloaded twice", async () => {
    const { hub } = world();
    hub.add("model", "org/small", files);
    await pythonSays(
      'import json; from huggingface_hub import hf_hub_download; print(json.dumps(hf_hub_download("org/small", "model.safetensors")))',
      false,
    );
    hub.seen.length = 0;
    expect(namesUnder(await modelFolder("org/small"))).toEqual(Object.keys(files).sort());
    const got = hub.seen.filter(({ method, path }) => method === "GET" && path.includes("resolve"));
    expect(got.map(({ path }) => path.split("/").at(-1)).sort()).toEqual(["config.json", "vocab.txt"]);
  });

  it("downloads what Nerium has pushed", async () => {
    const { hub } = world();
    hub.add("model", "org/small", files);
    vi.stubEnv("HF_TOKEN", TOKEN);
    await push(await modelFolder("org/small"), "copy");
    expect(await pythonSays(snapshot("tester/copy", false), false)).toMatchObject({
      config: files["config.json"],
      files: Object.keys(files).sort(),
    });
  });
});
