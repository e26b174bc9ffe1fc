import type { CheckFigures } from "./check.js";
import type { ExportDtype } from "./exportedForm.js";
import type { WrittenOnnx } from "./writeOnnx.js";

/** An exported file, and how its answers compare with the original's. */
export interface ExportedFile extends WrittenOnnx, CheckFigures {
  readonly dtype: ExportDtype;
}
