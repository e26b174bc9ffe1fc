/**
 * Called when the process ends. Returns false if native code is still running, so that the objects it uses must stay.
 * `allReleased` is true if everything that was registered later is released.
 */
export type ReleaseAtExit = (allReleased: boolean) => boolean;

const releases = new Set<ReleaseAtExit>();
let listening = false;

/**
 * Registers a function that releases something before the process ends. The returned function removes it again.
 *
 * The newest function is called first: sessions stop their threads, then the environment is released. If a run is in
 * progress when `process.exit` is called, it is asked to stop and Node waits for it. Its session and the environment are then
 * left to the operating system.
 */
export function releaseAtExit(release: ReleaseAtExit): () => void {
  if (!listening) {
    listening = true;
    process.once("exit", () => {
      let allReleased = true;
      for (const last of [...releases].reverse()) allReleased = last(allReleased) && allReleased;
    });
  }
  releases.add(release);
  return () => {
    releases.delete(release);
  };
}
