import { NeriumError } from "../errors.js";

/** The address cannot be listened on. */
export const reviewCannotListen = (address: string, cause: NodeJS.ErrnoException): NeriumError =>
  new NeriumError(
    "REVIEW_CANNOT_LISTEN",
    `Could not listen: ${cause.code === "EADDRINUSE" ? "another program uses it" : cause.message}`,
    { where: address, remedy: "Give another port with --port, or none.", cause },
  );

/** A request comes from a page of another site, or under another name of this machine. */
export const requestForeign = (): NeriumError =>
  new NeriumError("REVIEW_REQUEST_FOREIGN", "The review answers only its own page", {
    remedy: "Open the address that the command has printed.",
  });
