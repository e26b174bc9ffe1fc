import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readConfig } from "../../src/models/index.js";

const folder = mkdtempSync(join(tmpdir(), "nerium-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bert = { model_type: "bert", vocab_size: 100, hidden_size: 8, num_attention_heads: 2 };

describe("config.json", () => {
  const read = (text: string | Uint8Array) => {
    writeFileSync(join(folder, "config.json"), text);
    return readConfig(folder);
  };

  it.each<[string, string | Uint8Array]>([
    ["broken JSON", "{"],
    ["no object", "[]"],
    ["null", "null"],
    ["bytes that are no UTF-8", Buffer.from('{"model_type":"bert","vocab_size":9,"x":"\xff"}', "latin1")],
    ["endless nesting", `{"model_type":"bert","vocab_size":9,"x":${"[".repeat(1e5)}${"]".repeat(1e5)}}`],
    ["brackets that would fill the memory", "[".repeat(2 ** 22 + 1)],
    ["sizes that no memory holds", JSON.stringify({ ...bert, vocab_size: 2 ** 53 - 1 })],
    ["a million layers", JSON.stringify({ ...bert, num_hidden_layers: 1e6 })],
    ["a size that is no count", JSON.stringify({ ...bert, hidden_size: 8.5 })],
    ["heads that do not divide", JSON.stringify({ ...bert, num_attention_heads: 3 })],
    ["no position left", JSON.stringify({ ...bert, model_type: "roberta", pad_token_id: 511 })],
  ])("with %s is refused", async (_, text) => {
    await expect(read(text)).rejects.toMatchObject({
      code: "MODEL_CONFIG_UNREADABLE",
      where: join(folder, "config.json"),
    });
  });

  it("of a file says that it is none", async () => {
    const file = join(folder, "texts.txt");
    writeFileSync(file, "x");
    await expect(readConfig(file)).rejects.toMatchObject({ code: "MODEL_FOLDER_IS_FILE", where: file });
  });

  it("of a folder with models in it names these", async () => {
    const outer = mkdtempSync(join(tmpdir(), "nerium-config-"));
    const read = () => readConfig(outer);
    await expect(read()).rejects.toMatchObject({ where: join(outer, "config.json") });
    for (const name of ["data", "encoder", "model"]) mkdirSync(join(outer, name));
    for (const name of ["encoder", "model"]) writeFileSync(join(outer, name, "config.json"), "{}");
    const [model, encoder] = [join(outer, "model"), join(outer, "encoder")];
    await expect(read()).rejects.toMatchObject({
      code: "MODEL_CONFIG_UNREADABLE",
      where: outer,
      remedy: `Use the model folder in it: ${model}. Other model folders: ${encoder}.`,
    });
    rmSync(outer, { recursive: true });
  });
});
