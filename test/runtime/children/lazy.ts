/** Prints the shared libraries that an import of the runtime, and then its first use, bring into the process. */
import { ortVersion } from "../../../src/runtime/index.js";

const libraries = () =>
  (process.report.getReport() as unknown as { sharedObjects: string[] }).sharedObjects.filter((path) =>
    /koffi|onnxruntime/.test(path),
  ).length;
const imported = libraries();
ortVersion();
process.stdout.write(JSON.stringify({ imported, used: libraries() }));
