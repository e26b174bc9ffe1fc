export { type AppendedFile, appendLine } from "./appendLine.js";
export { attempt, fileError, outputIsInput, outputNotOurs } from "./errors.js";
export { firstInside } from "./identity.js";
export { isDeep, isDeepText, parseJson, TOO_DEEP, writeJson } from "./json.js";
export { createExclusively, type FolderLock, isLocked, lockFolder } from "./lock.js";
export { folderDamage, MANIFEST, sha256, sha256OfFile, writeFolderWithManifest } from "./manifest.js";
export { LOCK, temporaryName } from "./names.js";
export { makeFolders, nodeFs } from "./nodeFs.js";
export {
  claimFiles,
  isTaken,
  listed,
  prepareOutputFile,
  refuseInputs,
  writeFilesInto,
} from "./outputFiles.js";
export type { EntryKind, FsPort, NewFileFacts, OpenFile } from "./port.js";
export { isAlive, place, startOf } from "./processes.js";
export { replaceFile } from "./replaceFile.js";
export { freeSpace, withScratchFolder } from "./scratchFolder.js";
export { readWholeFile, readWholeText, requireRegularFile } from "./wholeFile.js";
export { writeAll } from "./writeAll.js";
export { type FileContent, syncFolder, writeFileAtomically } from "./writeFile.js";
export {
  recoverInside,
  removeFolder,
  tidy,
  type WriteFolderOptions,
  writeFolderAtomically,
} from "./writeFolder.js";
