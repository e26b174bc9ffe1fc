/** The documentation that the package contains: its pages, and what they say about a topic. */
export { allPages, type Page } from "./pages.js";
export { topicText } from "./topic.js";
