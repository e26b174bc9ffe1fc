import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  isLibraryName,
  libraryIn,
  libraryPath,
} from "../../../../src/runtime/engines/onnxruntime/library.js";
import { compilePrograms, type Programs } from "../../child.js";

let programs: Programs;
beforeAll(() => {
  programs = compilePrograms();
});
afterAll(() => programs.remove());

test("the library has another name on each system", () => {
  expect(isLibraryName("libonnxruntime.so.1", "linux")).toBe(true);
  expect(isLibraryName("libonnxruntime.so.1.30.0", "linux")).toBe(true);
  expect(isLibraryName("libonnxruntime.1.30.0.dylib", "darwin")).toBe(true);
  expect(isLibraryName("onnxruntime.dll", "win32")).toBe(true);
  for (const other of ["libonnxruntime_providers_shared.so", "onnxruntime_binding.node", "DirectML.dll"]) {
    expect(
      ["linux", "darwin", "win32"].some((system) => isLibraryName(other, system as NodeJS.Platform)),
    ).toBe(false);
  }
});

test("of several names in a folder the one with the full version is taken", () => {
  const folder = mkdtempSync(join(tmpdir(), "library-"));
  for (const name of ["libonnxruntime.1.dylib", "libonnxruntime.1.30.0.dylib", "x.node"])
    writeFileSync(join(folder, name), "");
  expect(libraryIn(folder, "darwin")).toBe(join(folder, "libonnxruntime.1.30.0.dylib"));
  expect(libraryIn(folder, "linux")).toBeUndefined();
  expect(libraryIn(join(folder, "missing"), "darwin")).toBeUndefined();
  rmSync(folder, { recursive: true });
});

test("the library comes from the package nerium, or else from the platform package", () => {
  const folder = mkdtempSync(join(tmpdir(), "library-"));
  const [whole, part] = [join(folder, "nerium"), join(folder, "nerium-win32-arm64")];
  const inWhole = join(whole, "dist", "native", "win32-arm64", "onnxruntime.dll");
  const inPart = join(part, "onnxruntime.dll");
  for (const file of [inWhole, inPart]) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
  }
  const found = (...names: string[]) =>
    libraryPath({}, "win32", "arm64", (name) => (names.includes(name) ? join(folder, name) : undefined));
  expect(found("nerium", "nerium-win32-arm64")).toBe(inWhole);
  rmSync(inWhole);
  expect(found("nerium", "nerium-win32-arm64")).toBe(inPart);
  expect(() => found("nerium")).toThrow(
    expect.objectContaining({
      code: "RUNTIME_LIBRARY_MISSING",
      where: `${dirname(inWhole)}, package nerium-win32-arm64`,
    }),
  );
  rmSync(folder, { recursive: true });
});

test("a named library comes first, and must be there", () => {
  expect(libraryPath({ NERIUM_ONNXRUNTIME: import.meta.filename })).toBe(import.meta.filename);
  expect(() => libraryPath({ NERIUM_ONNXRUNTIME: "/nowhere/lib.so" })).toThrow(
    expect.objectContaining({ code: "RUNTIME_LIBRARY_MISSING", where: "NERIUM_ONNXRUNTIME=/nowhere/lib.so" }),
  );
});

test("a platform without a build is named", () => {
  for (const [system, arch] of [
    ["darwin", "x64"],
    ["freebsd", "x64"],
    ["linux", "ia32"],
  ] as const) {
    expect(() => libraryPath({}, system, arch)).toThrow(
      expect.objectContaining({
        code: "RUNTIME_PLATFORM_UNSUPPORTED",
        message: expect.stringContaining(`${system}-${arch}`),
      }),
    );
  }
});

test("a file that is no library, or another library, is refused with its reason", async () => {
  const folder = mkdtempSync(join(tmpdir(), "library-"));
  mkdirSync(folder, { recursive: true });
  const text = join(folder, "libonnxruntime.so.1");
  writeFileSync(text, "no library");
  const koffiItself = process.report.getReport() as unknown as { sharedObjects: string[] };
  const other = koffiItself.sharedObjects.find((path) => /libm\.|libSystem|kernel32/i.test(path));
  for (const path of other === undefined ? [text] : [text, other]) {
    const ended = await programs.run("version", [], [], { NERIUM_ONNXRUNTIME: path });
    expect(ended).toMatchObject({ code: 0, stdout: `RUNTIME_LIBRARY_UNUSABLE ${path}`, stderr: "" });
  }
  rmSync(folder, { recursive: true });
});

test("a koffi that other code has used before is taken as it is", async () => {
  const ended = await programs.run("shared-koffi");
  expect(ended).toEqual({ code: 0, signal: null, stdout: "2", stderr: "" });
});
