import { NeriumError } from "../errors.js";

/** The dashboard cannot listen on its port: another program uses it, or it needs rights. */
export const dashboardCannotListen = (address: string, cause: NodeJS.ErrnoException): NeriumError => {
  const why: Readonly<Record<string, string>> = {
    EADDRINUSE: "another program uses the port",
    EACCES: "the port needs more rights",
  };
  return new NeriumError(
    "DASHBOARD_CANNOT_LISTEN",
    `Could not start the dashboard: ${why[cause.code ?? ""] ?? cause.message}`,
    { where: address, remedy: "Give another port, or 0 for a free one.", cause },
  );
};

/** A folder that the dashboard should show does not exist. */
export const dashboardFolderMissing = (folder: string): NeriumError =>
  new NeriumError("DASHBOARD_FOLDER_MISSING", "The folder does not exist", {
    where: folder,
    remedy: "Give the output folder of a run, or a folder that contains such folders.",
  });
