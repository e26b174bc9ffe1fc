import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findLibrary } from "../../../../src/runtime/engines/openvino/library.js";
import { plainMessage } from "../../../../src/runtime/engines/openvino/messages.js";
import { isSupported } from "../../../../src/runtime/engines/openvino/openvino.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "nerium-openvino-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function file(...path: string[]): string {
  const at = join(root, ...path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, "");
  return at;
}

const NAME = "libopenvino_c.so.2641";
const inPython = ["lib", "python3.11", "site-packages", "openvino", "libs", NAME];
const find = (
  environment: Record<string, string>,
  packages: Record<string, string> = {},
  system: string[] = [],
) => findLibrary({ PATH: "", ...environment }, "linux", (name) => packages[name], system);

test("NERIUM_OPENVINO names the file, the folder of the libraries, or a Python environment", () => {
  const library = file("venv", ...inPython);
  for (const named of [library, dirname(library), join(root, "venv"), dirname(dirname(library))])
    expect(find({ NERIUM_OPENVINO: named })).toEqual({ file: library, by: "NERIUM_OPENVINO" });
});

test("what NERIUM_OPENVINO names is never replaced by another library", () => {
  file("venv", ...inPython);
  const missing = { code: "RUNTIME_OPENVINO_MISSING", where: "NERIUM_OPENVINO=/nowhere" };
  expect(() => find({ NERIUM_OPENVINO: "/nowhere", VIRTUAL_ENV: join(root, "venv") })).toThrow(
    expect.objectContaining(missing),
  );
  mkdirSync(join(root, "empty"));
  expect(() => find({ NERIUM_OPENVINO: join(root, "empty") })).toThrow(
    expect.objectContaining({ code: "RUNTIME_OPENVINO_MISSING" }),
  );
});

test.each(["VIRTUAL_ENV", "CONDA_PREFIX"])("it is found in the Python environment of %s", (variable) => {
  const library = file("env", ...inPython);
  expect(find({ [variable]: join(root, "env") })).toEqual({ file: library, by: variable });
});

test("it is found beside the interpreter that NERIUM_PYTHON names, or python3 on the PATH", () => {
  const library = file("env", ...inPython);
  const python = file("env", "bin", "python3");
  expect(find({ NERIUM_PYTHON: python })).toEqual({ file: library, by: "NERIUM_PYTHON" });
  expect(find({ PATH: `/nowhere:${dirname(python)}` })).toEqual({
    file: library,
    by: "python3 on the PATH",
  });
});

test("the platform package comes first, then openvino-node, Python and the system", () => {
  const platform = file("platform", NAME);
  const node = file("node", "bin", "libopenvino_c.so");
  const python = file("env", ...inPython);
  const system = file("system", "libopenvino_c.so");
  const environment = { VIRTUAL_ENV: join(root, "env") };
  const packages = { "openvino-node": join(root, "node") };
  const both = { ...packages, "nerium-openvino-linux-x64": join(root, "platform") };
  expect(find(environment, both, [join(root, "system")])).toEqual({
    file: platform,
    by: "nerium-openvino-linux-x64",
  });
  expect(find(environment, packages, [join(root, "system")]).file).toBe(node);
  expect(find(environment, {}, [join(root, "system")]).file).toBe(python);
  expect(find({}, {}, [join(root, "system")])).toEqual({ file: system, by: "the system" });
});

test("of several versions in a folder, the full name is taken", () => {
  file("libs", "libopenvino_c.so");
  file("libs", "libopenvino.so.2641");
  const library = file("libs", "libopenvino_c.so.2026.4.1");
  expect(find({ NERIUM_OPENVINO: join(root, "libs") }).file).toBe(library);
});

test("without a library the error says where it was searched, and gives the command that installs it", () => {
  expect(() => find({ VIRTUAL_ENV: root })).toThrow(
    expect.objectContaining({
      code: "RUNTIME_OPENVINO_MISSING",
      where: expect.stringMatching(/^nerium-openvino-linux-x64, openvino-node, VIRTUAL_ENV, .*the system$/),
      remedy: expect.stringContaining("pip install openvino"),
    }),
  );
});

test.each([
  ["2026.4.1-21000-0123abc-releases/2026/4", true],
  ["2026.5.0", true],
  ["2026.3.0", false],
  ["2025.4.1", false],
  ["2027.0.0", false],
  ["custom", false],
])("version %s", (build, supported) => {
  expect(isSupported(build)).toBe(supported);
});

test("messages lose the places in OpenVINO's source code", () => {
  const message = [
    "Exception from src/inference/src/cpp/core.cpp:107:",
    "Check 'x == y' failed at src/frontends/onnx/frontend.cpp:12:",
    "Not supported ONNX op:",
    "  Nonsense",
    "",
  ].join("\n");
  expect(plainMessage(message)).toBe("Not supported ONNX op: Nonsense");
  expect(plainMessage("x".repeat(1000))).toHaveLength(401);
});
