/** Builds the page of `nerium serve`, `nerium dashboard` or `nerium data review` into a folder, whose content is replaced. */
export function buildPage(folder: string, page?: "server" | "dashboard" | "review"): Promise<unknown>;
