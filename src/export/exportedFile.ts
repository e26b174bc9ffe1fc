import type { CheckFigures } from "./check.js";
import type { ExportDtype } from "./exportedForm.js";
import type { WrittenOnnx } from "./writeOnnx.js";

/** A file that was exported, and how it answers. */
export interface ExportedFile extends WrittenOnnx, CheckFigures {
  readonly dtype: ExportDtype;
}
