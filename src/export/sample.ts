/** Sentences to check an export on if the user gives no file: names of all kinds, in several languages. */
export const sampleName = "Nerium's sample";

export const sampleSentences: readonly string[] = [
  "Marie Curie was born in Warsaw and worked in Paris .",
  "The United Nations opened its new office in Nairobi on Monday .",
  "Japan beat Brazil 2 - 1 in the final at Wembley Stadium .",
  "Apple and Microsoft reported higher profits than analysts in New York had expected .",
  "Lionel Messi scored twice for Argentina against Croatia .",
  "Ms. O'Neill , who leads the World Health Organization in Geneva , did not comment .",
  "The German Bundestag votes on Thursday , Chancellor Angela Merkel said in Berlin .",
  "Amazon.com Inc. will build a warehouse near Leipzig .",
  "He read War and Peace by Leo Tolstoy on the train from Moscow to Vladivostok .",
  "The Nile flows through Sudan and Egypt into the Mediterranean Sea .",
  "Toyota recalled 1.2 million cars , Reuters reported from Tokyo .",
  "NASA and ESA launched the telescope from French Guiana .",
  "It rained all day , and nobody came .",
  "Cricket - England 326 and 345 - 8 declared ; Pakistan 340 .",
  "Die Deutsche Bahn fährt ab Dezember öfter von Hamburg nach Kopenhagen .",
  "Frau Dr. Schäfer von der Universität Heidelberg sprach in Zürich .",
  "Le président Emmanuel Macron a rencontré Olaf Scholz à Strasbourg .",
  "L' équipe de France a battu le Maroc au stade de Lyon .",
  "El Real Madrid jugará contra el Liverpool en Sevilla .",
  "Gabriel García Márquez nació en Aracataca , Colombia .",
  "De Nederlandsche Bank in Amsterdam verwacht minder groei .",
  "Il Museo Egizio di Torino ha riaperto con Christian Greco .",
  "A Universidade de Coimbra fica em Portugal .",
  "Václav Havel byl prezidentem České republiky .",
];
