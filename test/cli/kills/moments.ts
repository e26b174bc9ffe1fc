import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";

/**
 * Calls `onChange` at each change of names below a folder: whatever is created, renamed or removed. Returns a
 * function that ends it. Folders that appear are watched too, with what is in them by then.
 */
export function watchTree(root: string, onChange: () => void): () => void {
  const watchers = new Map<string, FSWatcher>();
  const add = (folder: string) => {
    if (watchers.has(folder)) return;
    try {
      if (!statSync(folder).isDirectory()) return;
      const watcher = watch(folder, (kind, name) => {
        if (kind !== "rename") return;
        onChange();
        if (name !== null) add(join(folder, name));
      });
      watcher.on("error", () => {});
      watchers.set(folder, watcher);
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory()) add(join(folder, entry.name));
    } catch {
      // It has already gone.
    }
  };
  add(root);
  return () => {
    for (const watcher of watchers.values()) watcher.close();
  };
}
