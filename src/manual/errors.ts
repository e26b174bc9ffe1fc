import { NeriumError } from "../errors.js";

/** No page of the documentation has this name, and none mentions the word. */
export function topicUnknown(topic: string, meant: string | undefined): NeriumError {
  return new NeriumError(
    "MANUAL_TOPIC_UNKNOWN",
    `The documentation has nothing about ${JSON.stringify(topic)}`,
    {
      remedy: `${meant === undefined ? "" : `Did you mean nerium docs ${meant}? `}nerium docs lists all pages.`,
    },
  );
}
