import { expect, test } from "vitest";
import { type ExportRow, withExports } from "../../src/card/index.js";

const row: ExportRow = {
  file: "onnx/model_quantized.onnx",
  dtype: "int8",
  bytes: 109_800_000,
  checkedOn: "valid.txt",
  sentences: 480,
  logitDifference: 1.4476,
  equalTags: 0.99838,
  f1: 0.9541,
  originalF1: 0.95350206,
};

test("exported files and their figures stand at the end of the card", () => {
  const card = withExports("# Model\n\ntext\n", [row]);
  expect(card).toContain("# Model\n\ntext\n\n<!-- nerium:export -->\n## ONNX export\n");
  expect(card).toContain("| `onnx/model_quantized.onnx` | int8  | 109.8 MB | 1.4 ");
  expect(card).toContain("| 99.84%     | 0.9541 | 0.9535             | valid.txt, 480 sentences |");
});

test("of a model with a conditional random field the files give emissions, and the card says so", () => {
  expect(withExports("# Model\n", [row], true)).toContain("emissions");
  expect(withExports("# Model\n", [row])).not.toContain("emissions");
});

test("a later export takes the section's place, and what somebody wrote after it stays", () => {
  const once = `${withExports("# Model\n", [row])}\n## Later\n`;
  const twice = withExports(once, [row, { ...row, file: "onnx/model.onnx", dtype: "fp32" }]);
  expect(twice.match(/## ONNX export/g)).toHaveLength(1);
  expect(twice).toContain("`onnx/model.onnx`");
  expect(twice.endsWith("<!-- /nerium:export -->\n\n## Later\n")).toBe(true);
  expect(withExports(once, [row])).toBe(once);
});
