import type { DownloadProgress } from "../../hub/index.js";
import type { Output } from "../io.js";
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
  output: Output | undefined,
): ((progress: DownloadProgress) => void) | undefined {
  const screen = output && new Screen(output);
  return (
    screen &&
    ((progress) => {
      if (progress.done < progress.total)
        screen.status((width) =>
          downloadParts(progress)
            .map(([, part]) => part)
            .join("  ")
            .slice(0, width),
        );
      else screen.clear();
    })
  );
}
