/** What a user reads if OpenVINO's library has another version, or if parts of it are missing. */
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { machineReport } from "../../../../src/runtime/index.js";
import { bf16Support } from "../../../../src/runtime/processor.js";
import { compiledProgram, type Program } from "../../../cli/program.js";
import { describeOpenvino } from "../../openvinoHere.js";

describeOpenvino("a copy of OpenVINO", () => {
  const scratch = mkdtempSync(join(tmpdir(), "nerium-incomplete-"));
  let program: Program;
  let source: string;
  beforeAll(async () => {
    program = compiledProgram();
    const { engines } = await machineReport();
    source = dirname(engines.find(({ name }) => name === "openvino")!.file!);
  });
  afterAll(() => {
    program.remove();
    rmSync(scratch, { recursive: true });
  });

  /** Copies the libraries except those that `without` matches. */
  function copy(name: string, without: RegExp): string {
    const folder = join(scratch, name);
    mkdirSync(folder);
    for (const file of readdirSync(source)) {
      if (!/openvino|tbb|hwloc/.test(file) || without.test(file)) continue;
      try {
        linkSync(join(source, file), join(folder, file));
      } catch {
        copyFileSync(join(source, file), join(folder, file));
      }
    }
    return folder;
  }

  /** What `nerium train --engine openvino` prints with the library in a folder. */
  async function told(folder: string, flags: readonly string[] = [], env: Record<string, string> = {}) {
    const files = ["--model", "/nowhere", "--train", "/nowhere", "--output", join(scratch, "output")];
    const running = program.start(["train", "--engine", "openvino", ...files, ...flags], {
      env: { NERIUM_OPENVINO: folder, COLUMNS: "400", ...env },
    });
    const { code, stderr } = await running.ended;
    return { code, stderr };
  }

  test("that is whole is used", async () => {
    const { stderr } = await told(copy("whole", /^$/));
    expect(stderr).not.toContain("OpenVINO");
  });

  test("of another version is refused, with the versions that are supported", async () => {
    const core = /^libopenvino\.so/;
    const folder = copy("old", core);
    const name = readdirSync(source).find((file) => core.test(file))!;
    // The version has as many characters as before, so that nothing else moves.
    const bytes = readFileSync(join(source, name)).toString("latin1");
    const old = bytes.replaceAll(/2026\.(\d)\.(\d)(?=-\d+-)/g, "2025.$1.$2");
    expect(old).not.toBe(bytes);
    writeFileSync(join(folder, name), Buffer.from(old, "latin1"));
    const { code, stderr } = await told(folder);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /error: OpenVINO 2025\.\d\.\d\S* is not supported: Nerium needs 2026\.4 or a later release of 2026 +\[RUNTIME_OPENVINO_VERSION\]/,
    );
    expect(stderr).toContain('Install a supported version: pip install "openvino>=2026.4,<2027"');
  });

  test.each([
    ["plugin for the CPU", /intel_cpu_plugin/, "its plugin for the CPU cannot be loaded"],
    ["reader of ONNX models", /onnx_frontend/, "its library openvino_onnx_frontend is missing"],
  ])("without the %s is refused, with the command that installs it again", async (_, part, reason) => {
    const folder = copy(`without ${part.source}`, part);
    const { code, stderr } = await told(folder);
    expect(code).toBe(1);
    expect(stderr).toContain(`error: Could not load OpenVINO: ${reason}`);
    expect(stderr).toContain("[RUNTIME_OPENVINO_UNUSABLE]");
    expect(stderr).toContain(folder);
    expect(stderr).toContain("Install it again: pip install openvino.");
  });

  test.skipIf(["none", "unknown"].includes(bf16Support()))(
    "that does not use the processor's bf16 is refused for bf16",
    async () => {
      // A variable of OpenVINO, with which it does as on a processor that has AVX-512 alone.
      const { code, stderr } = await told(source, ["--bf16"], { OV_CPU_MAX_ISA: "AVX512_CORE" });
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /error: This CPU cannot compute in bf16: OpenVINO 2026\S+ does not offer it here +\[RUNTIME_BF16_UNSUPPORTED\]/,
      );
    },
  );

  test("without the library that all others need is refused", async () => {
    const { code, stderr } = await told(copy("core", /^libopenvino\.so/));
    expect(code).toBe(1);
    expect(stderr).toMatch(/Could not load OpenVINO: .*libopenvino\.so.*\[RUNTIME_OPENVINO_UNUSABLE\]/);
  });
});
