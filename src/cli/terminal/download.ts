import type { DownloadProgress } from "../../hub/index.js";
import type { Io } from "../io.js";
import { memory } from "./figures.js";
import { Screen } from "./screen.js";

/** The progress of a download, in parts. A narrow terminal drops the parts with the highest numbers first. */
export const downloadParts = ({ name, file, done, total }: DownloadProgress) =>
  [
    [0, `downloading ${name}`],
    [1, `${Math.floor((done / Math.max(1, total)) * 100)}%`],
    [2, `of ${memory(total)}`],
    [3, file],
  ] as const;

/**
 * Returns a listener that shows a status line while a command downloads files. The line disappears at the
 * end.
 */
export function downloadListener(
  io: Io,
  { quiet = false }: { readonly quiet?: boolean },
): ((progress: DownloadProgress) => void) | undefined {
  if (quiet) return undefined;
  const screen = new Screen(io.stderr, io.env);
  return (progress) => {
    const text = downloadParts(progress).map(([, part]) => part);
    if (progress.done < progress.total) screen.status(() => text.join("  "));
    else screen.clear();
  };
}
