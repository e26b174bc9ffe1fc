/** Texts to begin with, by the name of their button. The first is shown when the page opens. */
export const EXAMPLES: ReadonlyMap<string, string> = new Map([
  [
    "News",
    `Angela Merkel met the heads of Siemens and BASF in Berlin on Tuesday, before she flew to Paris to speak with Emmanuel Macron about the European Union's plans for the Baltic Sea.`,
  ],
  [
    "Quickstart",
    `Victoria Ashford met engineers of Nexora in Thornville before the Lisbon Film Festival.
They drove to Thornville.`,
  ],
  [
    "Sport",
    `TENNIS - GRAF BEATS NOVOTNA IN FRANKFURT.
Steffi Graf of Germany beat Jana Novotna of the Czech Republic 6-4 3-6 7-6 in the final on Sunday.
In Madrid, Real lost 0-1 to Ajax Amsterdam.`,
  ],
  [
    "Languages",
    `Gabriele Münter malte in Murnau, bevor sie nach Köln zog. 🎨
Marie Curie est née à Varsovie et a travaillé à la Sorbonne.
東京で村上春樹が早稲田大学を訪れた。
زار نجيب محفوظ القاهرة.`,
  ],
  [
    "Long",
    `The Harbour Office

Margaret Holloway had worked for the Port of Rotterdam for eleven years when Pieter van Dijk asked her to come to Antwerp. The letter came on a Monday, with a stamp of the Belgian Ministry of Transport, and she read it twice on the tram to Delfshaven.

She called Amina Yusuf, who had left for Lloyd's in London two years before. "Go," said Amina. "Antwerp is smaller, and they listen." Margaret thought of the office on the Maas, of the gulls, and of Tomasz Zielinski, who would have to do the reports for Maersk and for Hapag-Lloyd alone.

In March she took the train over Breda and Roosendaal. Van Dijk waited at the station with an umbrella of the Royal Yacht Club. They walked along the Scheldt, past the Museum aan de Stroom, and he told her what the European Commission had asked of them: a list of every ship that had carried grain from Odesa and Constanta since the winter, with its owner, its flag and its insurer.

"That is a lot of names," she said. He laughed. "That is why we need you. Our people in Ghent copy them by hand. A man named Lucas Peeters has filled nine folders, and he says that a third of the owners are letterboxes in Monrovia or Majuro."

By summer the list was done. It had 4,212 ships, 1,870 companies and 311 people, among them a senator from Ohio, a brewer from Plzen and the widow of an admiral in Valparaiso. Reuters asked for it first, then the Financial Times, then a student of the University of Leuven called Noor Haddad, who only wanted to know what had become of the Almeida, the ship on which her grandfather had come from Beirut to Marseille.

Margaret found it on page 96. The Almeida had been renamed twice, sold to a firm in Piraeus, and broken up on the beach of Alang. She wrote to Noor Haddad that evening, and put a photograph of the bell in the envelope. It hangs today in the office of the Kuehne Foundation in Hamburg.`,
  ],
]);
