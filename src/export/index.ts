/** Models for other programs: ONNX files, checked against the original. */
export type { CheckedOn, CheckFigures } from "./check.js";
export type { ExportedFile } from "./exportedFile.js";
export { type ExportDtype, type ExportTarget, exportDtypes, exportTargets } from "./exportedForm.js";
export { type ExportOptions, type ExportResult, exportModel } from "./exportModel.js";
