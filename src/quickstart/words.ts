const list = (words: string): readonly string[] => words.split("|").map((word) => word.trim());

/** Words and phrases for the template slots that are not names. */
export const words: Readonly<Record<string, readonly string[]>> = {
  said: list("said|added|announced|confirmed|insisted|argued|explained|claimed|reported"),
  told: list("told|assured|reminded|warned|informed"),
  went: list("flew to|visited|arrived in|left|travelled to|returned to|toured"),
  verb: list(
    "support|oppose|delay|review|ban|sell|change|protect|visit|tax|mark|bill|frank|bush|price|park|raise",
  ),
  role: list(
    "chairman|chief executive|director|spokesman|spokeswoman|analyst|president|minister|engineer|pilot|lawyer|judge|" +
      "painter|singer|professor|coach|editor|surgeon|banker|farmer|bishop|finance minister|head of research|trader",
  ),
  title: list(
    "President|Prime Minister|King|Queen|Chancellor|Governor|Senator|Judge|Bishop|Foreign Minister",
  ),
  trade: list("bank|insurer|carmaker|airline|retailer|brewer|publisher|chipmaker|miner|start-up"),
  office: list("office|plant|headquarters|branch|warehouse|laboratory|shop"),
  thing: list(
    "trade agreement|budget|peace plan|deal|border treaty|tax law|proposal|ceasefire|merger|contract|pension reform|" +
      "report|first draft|strike|price list|stone bridge|long road|young field",
  ),
  plural: list(
    "prices|profits|taxes|engines|batteries|exports|wages|sales|paintings|orange boxes|wells|letters|cells|rivers|" +
      "storms|schools|farms|ships|parts|stones|targets|rates|banks|fields|workers|tickets|roses|pages|songs",
  ),
  adj: list(
    "good|poor|strange|late|early|expensive|cheap|brilliant|ready|tired|better than expected|out of date|small|" +
      "dangerous|not for sale|long overdue|bright|swift|brown|young|the best so far",
  ),
  day: list("Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"),
  month: list("January|February|March|April|May|June|July|August|September|October|November|December"),
};
