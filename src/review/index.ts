/** A page to go through likely label errors, served to a browser on this machine. */
export { type ReviewServer, type ReviewServerOptions, serveReview } from "./server.js";
