import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openWeights } from "../../src/models/weights/openWeights.js";
import { elementCount } from "../../src/safetensors/index.js";

const python = process.env.NERIUM_PYTHON;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerium-torch-python-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs Python with torch and the folder as `folder`. Returns what it prints. */
const run = (...lines: string[]) =>
  execFileSync(
    python!,
    ["-c", ["import io, json, os, sys, torch", "folder = sys.argv[1]", ...lines].join("\n"), folder],
    { encoding: "utf8" },
  );

/** Makes `save(name, state)`, which also writes each tensor of floats as plain float32, row-major. */
const SAVE = `
def save(state, file="pytorch_model.bin", **options):
    torch.save(state, os.path.join(folder, file), **options)
    for name, tensor in state.items():
        if tensor.is_floating_point():
            tensor.detach().float().contiguous().numpy().tofile(os.path.join(folder, name + ".raw"))
`;

/** Compares every tensor with its .raw file, byte by byte. Returns the names. */
async function compared(): Promise<string[]> {
  const weights = await openWeights(folder);
  const raw = new Set((await readdir(folder)).filter((name) => name.endsWith(".raw")));
  for (const [name, { shape }] of weights.tensors) {
    if (!raw.delete(`${name}.raw`)) continue;
    const values = new Float32Array(elementCount(shape));
    await weights.readInto(name, values);
    const expected = await readFile(join(folder, `${name}.raw`));
    expect(Buffer.from(values.buffer).equals(expected), name).toBe(true);
  }
  expect([...raw]).toEqual([]);
  await weights.close();
  return [...weights.tensors.keys()].sort();
}

describe.skipIf(python === undefined)("what torch.save writes (skipped without NERIUM_PYTHON)", () => {
  it("is read in every type, order and protocol", async () => {
    for (const protocol of [2, 3, 4, 5]) {
      run(
        SAVE,
        "t = torch.randn(40, 60)",
        "big = torch.randn(5, 6, 7)",
        "state = {'whole': t, 'shared': t, 'turned': t.t(), 'cut': t[3:30, 2:50:3], 'row': t[7], 'column': t[:, 7],",
        "  'half': t.half(), 'brain': t.bfloat16(), 'double': t.double(), 'half_turned': t.half().t(),",
        "  'permuted': big.permute(2, 0, 1)[1:, :, ::2], 'parameter': torch.nn.Parameter(big), 'none': torch.zeros(0, 3),",
        "  'one': torch.tensor(7.5), 'ids': torch.arange(5).expand((1, -1)), 'bytes': torch.ones(3, dtype=torch.uint8)}",
        `save(state, pickle_protocol=${protocol})`,
      );
      expect(await compared()).toHaveLength(16);
    }
  });

  it("is read from a module's state dict, also through a file object", async () => {
    run(
      SAVE,
      "module = torch.nn.TransformerEncoderLayer(8, 2, 16)",
      "save(module.state_dict())",
      "file = io.BytesIO()",
      "torch.save(module.state_dict(), file)",
      "open(os.path.join(folder, 'pytorch_model.bin'), 'wb').write(file.getvalue())",
    );
    expect(await compared()).toHaveLength(12);
  });

  it("is read from shards that an index lists", async () => {
    run(
      SAVE,
      "parts = [{'a': torch.randn(3), 'b': torch.randn(2, 2).t()}, {'c': torch.randn(4).half()}]",
      "names = [f'pytorch_model-0000{i + 1}-of-00002.bin' for i in range(2)]",
      "for name, part in zip(names, parts): save(part, name)",
      "map = {key: name for name, part in zip(names, parts) for key in part}",
      "json.dump({'metadata': {}, 'weight_map': map}, open(os.path.join(folder, 'pytorch_model.bin.index.json'), 'w'))",
    );
    expect(await compared()).toEqual(["a", "b", "c"]);
  });

  it("is refused by name if it is something else, and nothing is run", async () => {
    const save = (...lines: string[]) => run(...lines, "torch.save(x, folder + '/pytorch_model.bin')");
    const refusal = () => expect(openWeights(folder)).rejects;
    save(
      "class Bad:",
      "    def __reduce__(self): return (os.system, ('touch ' + folder + '/ran',))",
      "x = {'a': Bad()}",
    );
    await refusal().toMatchObject({
      code: "MODEL_TORCH_REFUSED",
      message: expect.stringContaining(`"posix.system"`),
    });
    expect(await readdir(folder)).not.toContain("ran");
    save("x = torch.nn.Linear(2, 2)");
    await refusal().toThrow('it asks for "torch.nn.modules.linear.Linear"');
    save("x = {'model': {'a': torch.ones(1)}, 'epoch': 3}");
    await refusal().toThrow('its entry "model" is not a tensor');
    save("x = {'a': torch.ones(1).expand(3)}");
    await refusal().toThrow('"a" uses an element twice');
    save("x = {'a': torch.zeros(2, dtype=torch.float8_e4m3fn)}");
    await refusal().toMatchObject({ code: "MODEL_TORCH_REFUSED" });
    save("x = {'a': torch._neg_view(torch.ones(2))}");
    await refusal().toMatchObject({ code: "MODEL_TORCH_REFUSED" });
    run(
      "torch.save({'a': torch.ones(1)}, folder + '/pytorch_model.bin', _use_new_zipfile_serialization=False)",
    );
    await refusal().toMatchObject({ code: "MODEL_TORCH_UNSUPPORTED" });
    run("torch.jit.script(torch.nn.Linear(2, 2)).save(folder + '/pytorch_model.bin')");
    await refusal().toMatchObject({
      code: "MODEL_TORCH_UNSUPPORTED",
      message: expect.stringContaining("TorchScript"),
    });
  });
});
