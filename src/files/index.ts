export { attempt, fileError } from "./errors.js";
export type { EntryKind, FsPort, OpenFile } from "./port.js";
export { nodeFs } from "./port.js";
export { type FileContent, syncFolder, writeFileAtomically } from "./writeFile.js";
export { recoverFolder, type WriteFolderOptions, writeFolderAtomically } from "./writeFolder.js";
