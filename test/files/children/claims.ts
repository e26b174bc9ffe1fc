// Claims folders as it is told to, one message a folder, and says whether it got them.
import { type FolderLock, lockFolder } from "../../../src/files/index.js";

let held: FolderLock | undefined;
process.on("message", async (folder: string | null) => {
  if (folder === null) {
    await held?.release();
    held = undefined;
    return process.send!("released");
  }
  try {
    held = await lockFolder(folder);
    process.send!("claimed");
  } catch (error) {
    process.send!((error as { code?: string }).code ?? String(error));
  }
});
process.send!("ready");
