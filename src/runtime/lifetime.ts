/**
 * Called as the process ends; false where native code is still at work, so that what it uses must stay.
 * `allReleased` says whether everything registered later is gone.
 */
export type ReleaseAtExit = (allReleased: boolean) => boolean;

const releases = new Set<ReleaseAtExit>();
let listening = false;

/**
 * Registers what must be released before the process ends; the result takes it off the list again.
 *
 * Newest first: sessions stop their threads, then the environment goes. A run that is under way when `process.exit` is
 * called is told to stop; Node waits for it, and its session and the environment are left to the operating system.
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
