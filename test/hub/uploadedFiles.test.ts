import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { contentToUpload, filesToUpload } from "../../src/hub/uploadedFiles.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-upload-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("files to upload", () => {
  it.skipIf(process.platform === "win32")("are inside the folder, also where links lead", async () => {
    const [folder, outside] = [join(scratch, "model"), join(scratch, "outside")];
    for (const each of [join(folder, "onnx"), join(folder, "checkpoint-1"), outside])
      mkdirSync(each, { recursive: true });
    for (const file of [
      "model/config.json",
      "model/onnx/model.onnx",
      "model/.env",
      "model/checkpoint-1/a",
      "outside/.env",
    ])
      writeFileSync(join(scratch, file), file);
    const links = {
      "same.json": "config.json",
      "hidden.json": ".env",
      "state.json": "checkpoint-1/a",
      "notes.txt": "../outside/.env",
      "absolute.txt": join(outside, ".env"),
      secrets: outside,
      "onnx/up": "..",
      "onnx/loop": "loop",
      "onnx/gone": "nothing",
    };
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(folder, name));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    expect(await filesToUpload(folder)).toEqual({
      uploaded: ["config.json", "onnx/model.onnx", "same.json"],
      leftOut: [
        ...["absolute.txt", "hidden.json", "notes.txt", "onnx/gone", "onnx/loop", "onnx/up", "pipe"],
        ...["secrets", "state.json"],
      ],
    });
    symlinkSync(folder, join(scratch, "linked"));
    expect((await filesToUpload(join(scratch, "linked"))).uploaded).toContain("same.json");
  });

  it.each([
    ["/home/me/my-model/checkpoint-876", "checkpoint-876"],
    ["C:\\\\models\\\\checkpoint-3", "checkpoint-3"],
    ["checkpoint-3", "checkpoint-3"],
  ])("trainer_state.json does not tell the path %s", async (path, name) => {
    writeFileSync(
      join(scratch, "trainer_state.json"),
      `{\n  "best_model_checkpoint": "${path}",\n  "epoch": 1.0\n}\n`,
    );
    const content = (await contentToUpload(scratch, "trainer_state.json")) as Blob;
    expect(await content.text()).toBe(`{\n  "best_model_checkpoint": "${name}",\n  "epoch": 1.0\n}\n`);
  });
});
