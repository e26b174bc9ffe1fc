import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportModel } from "../../../src/export/index.js";
import { TOKEN } from "../../hub/answers.js";
import { etagOf, filesOf, gitSha1, sha256 } from "../../hub/repositories.js";
import { TestHub } from "../../hub/server.js";
import { writeTinyModel } from "../../infer/tinyModel.js";
import { trainFlags } from "../../train/crash/commandLine.js";
import { tinyModel } from "../../train/tinyModel.js";
import { writeOwn } from "./data.js";
import type { Outside, Scenario } from "./scenario.js";

const CARD = "---\nlibrary_name: transformers\n---\n# A model\n";

const SENTENCES = "Anna B-PER\nWolff I-PER\nlives O\nin O\nBerlin B-LOC\n\nthe O\ncity O\n\n".repeat(40);

async function writeModel(world: string): Promise<string> {
  const model = await writeTinyModel(join(world, "model"));
  writeFileSync(join(model, "README.md"), CARD);
  return model;
}

const exporting: Scenario = {
  name: "export",
  async prepare(world) {
    const model = await writeModel(world);
    // The earlier export is of another model in the same folder.
    await exportModel(model, { threads: 1, minEqualTags: 0, dtypes: ["fp32", "fp16"] });
    const other = await writeTinyModel(join(world, "other"), {
      reads: ["the", "Anna", "Wolff", "Berlin", "in"],
    });
    cpSync(join(other, "model.safetensors"), join(model, "model.safetensors"));
    rmSync(other, { recursive: true });
    writeOwn(model);
    writeOwn(join(model, "onnx"));
  },
  args: (world) => [
    ...["export", join(world, "model"), "--dtype", "fp32,int8", "--threads", "1"],
    ...["--min-equal-tags", "0", "--quiet"],
  ],
};

const evaluating: Scenario = {
  name: "evaluate --predictions",
  async prepare(world) {
    await writeModel(world);
    writeFileSync(join(world, "test.conll"), SENTENCES);
    writeOwn(join(world, "out"));
    writeFileSync(join(world, "out", "predicted.conll"), "earlier O O\n");
  },
  args: (world) => [
    ...["evaluate", join(world, "model"), join(world, "test.conll"), "--threads", "1", "--quiet"],
    ...["--predictions", join(world, "out", "predicted.conll"), "--force"],
  ],
};

const seeds = (name: string, saving: Readonly<Record<string, string | number>>): Scenario => ({
  name,
  async prepare(world) {
    const tiny = await tinyModel({ num_hidden_layers: 1 });
    cpSync(tiny.folder, join(world, "in"), { recursive: true });
    rmSync(tiny.folder, { recursive: true });
    writeOwn(join(world, "out"));
    writeFileSync(join(world, "out", "results.jsonl"), '{"a row":"of another recipe"}\n');
  },
  args(world) {
    const at = (name: string) => join(world, "in", name);
    const files = { train: at("train.conll"), validation: at("valid.conll"), test: at("test.conll") };
    const tiny = { encoder: at("encoder"), files };
    return trainFlags(tiny, join(world, "out"), {
      ...{ seeds: "1,2", "num-train-epochs": 1, ...saving },
      threads: 1,
    });
  },
  passing: /^out\/(results\.jsonl|seed-\d(\/checkpoint-\d+(\/.*)?)?)$/,
});

const suspects: Scenario = {
  name: "data suspects",
  async prepare(world) {
    const tiny = await tinyModel({ num_hidden_layers: 1 });
    cpSync(tiny.folder, join(world, "in"), { recursive: true });
    rmSync(tiny.folder, { recursive: true });
  },
  args: (world) => [
    ...["data", "suspects", join(world, "in", "train.conll"), "--model", join(world, "in", "encoder")],
    ...[
      "--output",
      join(world, "out"),
      "--folds",
      "2",
      "--num-train-epochs",
      "2",
      "--threads",
      "1",
      "--quiet",
    ],
  ],
  passing: /^out(\/(plan\.json|suspects\.json|fold-\d.*))?$/,
};

const quickstart: Scenario = {
  name: "quickstart",
  async prepare(world) {
    writeOwn(join(world, "out"));
    mkdirSync(join(world, "out", "encoder"));
    writeFileSync(join(world, "out", "encoder", "notes.txt"), "the user's");
  },
  args: (world) => [
    ...["quickstart", "--output", join(world, "out"), "--threads", "2", "--quiet"],
    "--overwrite-output-dir",
  ],
  passing: /^out\/model(\/.*)?$/,
};

/** A push to a hub on this machine, over an earlier commit. */
async function pushing(): Promise<Scenario> {
  const hub = await TestHub.start();
  const NAME = "tester/model";
  let pushed: Readonly<Record<string, Buffer>> = {};
  const old = { "README.md": "earlier", "config.json": "{}" };
  const outside: Outside = {
    env: { HF_ENDPOINT: hub.url, HF_TOKEN: TOKEN, HF_HUB_OFFLINE: "" },
    reset() {
      hub.repositories.clear();
      hub.uploads.objects.clear();
      hub.uploads.commits.length = 0;
      hub.uploads.multipart = 8_000;
      hub.add("model", NAME, old);
    },
    watch(onChange) {
      hub.gate = async () => onChange();
      return () => {
        hub.gate = async () => {};
      };
    },
    harm(ended) {
      const { commits, refs } = hub.repositories.get(`model:${NAME}`)!;
      const head = commits.get(refs.get("main")!)!;
      const found = JSON.stringify([...head].map(([path, file]) => [path, etagOf(file)]).sort());
      const states = [old, { ...old, ...pushed }].map((files) =>
        JSON.stringify(
          Object.entries(files)
            .map(([path, content]) => [path, hashOf(path, Buffer.from(content))])
            .sort(),
        ),
      );
      if (found === states[1] || (!ended && found === states[0])) return [];
      return [`the hub has ${found} instead of ${ended ? states[1] : states.join(" or ")}`];
    },
    stop: () => hub.stop(),
  };
  return {
    name: "push",
    async prepare(world) {
      const model = await writeModel(world);
      pushed = filesOf(model);
      // Neither is uploaded.
      writeFileSync(join(model, ".hidden"), "the user's");
      mkdirSync(join(model, "checkpoint-1"));
    },
    args: (world) => ["push", join(world, "model"), NAME, "--quiet"],
    outside,
  };
}

const hashOf = (path: string, content: Buffer): string =>
  path.endsWith(".safetensors") ? sha256(content) : gitSha1(content);

/** All commands with a model that write. The quickstart takes a minute. */
export const modelScenarios = async (): Promise<readonly Scenario[]> => [
  exporting,
  await pushing(),
  seeds("train --seeds", { "save-steps": 2, "save-total-limit": 1 }),
  seeds("train --seeds without checkpoints", { "save-strategy": "no" }),
  suspects,
  evaluating,
  quickstart,
];
