// Claims folders as it is told to, one message a folder, and says whether it got them.
import { type FolderLock, lockFolder } from "../../../src/files/index.js";

/** What to claim, and how many milliseconds to watch a lock of another place; null to release the folder. */
export type Claim = { readonly folder: string; readonly patience?: number } | null;

let held: FolderLock | undefined;
process.on("message", async (claim: Claim) => {
  if (claim === null) {
    await held?.release();
    held = undefined;
    return process.send!("released");
  }
  try {
    const { folder, ...options } = claim;
    held = await lockFolder(folder, options);
    process.send!("claimed");
  } catch (error) {
    process.send!((error as { code?: string }).code ?? String(error));
  }
});
process.send!("ready");
