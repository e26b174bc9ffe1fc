/** Turns names of models and data sets on the Hugging Face hub into files on disk, and uploads models. */
export type { Split } from "./dataFiles.js";
export { type DatasetOptions, datasetFilesAt, type NamedDataset, namedDataset } from "./dataset.js";
export { type FolderOptions, isOnHub, modelFilesAt, modelFolder, tokenizerFolder } from "./modelFolder.js";
export { isHubName, mayBeTypedName, type TypedName, typedName } from "./names.js";
export { type PushOptions, type PushResult, preparePush, push } from "./push.js";
export { cacheHome } from "./settings.js";
export type { DownloadProgress } from "./snapshot.js";
