/** The parts that names are made of. */
export const stems = `Ash Brad Har Kings Whit Lang Holl Clay Stan Mil Thorn Win Black Fair Ship Raven Hart Lin Mar East
Sut Pem Wal Cran Dun Elling Gar Had Nor Old Pres Quin Rad Shel Tarn Up Ver Wex Yar Ald Barn Cald Dray Ever Farn Green
Hazel Ing Jar Kel Lock Mead Nether Oak Pad Red Sel Thur Ul Vin Wrex Bel Carl Den Ed Fen Gul Hob Isl Ket Lam Mor Nant
Os Pol Ros Sed Tem Wor Ber Cor Dal Elm Fro Gran Hend Kir Lyn Mont Newn Orm Pic Roth Sand Tin West Brax Col Dev Eg Fal
Grim Hux Lud Mals Nev Pen Ruth Skel Trel Wyn Ack Bos Chal Dor Ful Gos Hal Kem Leck Mid Nut Os Pur Rush Stour Tyl Wick`;

/** Endings that places, families and companies share, so that only the context can decide. */
export const sharedEndings = "ford ley ton field wood ham by well worth gate more land brook croft";
export const placeEndings = "burg ville port mouth stad haven chester shire dale bridge";
export const familyEndings = "man son ers er sen ski ov ez ini ard kin lund";

/** First syllables and endings of invented given names. */
export const givenStarts = `Mar Tor El Jo Ka Li Sa Ben Dan Fi Ro Vi An Be Ce De Em Ga He Il Jen Ke La Mi Na Ol Pe Re So
Ta Val Wil Ya Ze Al Bri Cor Dor Ev Fre Gi Hel Is Jul Kir Lor Mel Nor Os Pau Ru Ste The Ur Ver Wen Yu Zo`;
export const givenEndings =
  "vin elda anne rik ora ino ette mund issa bert ina lio dra nald ita fred ena mir ssa ton";

/** Beginnings and endings of coined brand names. */
export const brandStarts = `Nex Vel Quan Zy Or Tri Lum Syn Cal Opti Ver Hex Axi Bio Cy Dyn Ene Flu Gly Hy Ion Jen Kry
Lex Mag Neu Omni Pro Quo Rex Sol Tel Uni Vor Wav Xen Yar Zen Alt Bri Cor Del Epi For Gen Hal Inno Kin Lat Mer Nov Oct
Pyr Ras Sig Ther Umb Vis`;
export const brandEndings = "ora trix ium ex ion ara tek ix one is os yx ent ify era um on aq via sys";

/** Words that are a person in one sentence and a place or a company in another. */
export const ambiguousGiven = `Jordan Paris Victoria Florence Sydney Austin Chelsea Georgia Charlotte Carolina Savannah
Dallas Phoenix Virginia Chad Lincoln Santiago Madison Brooklyn Israel April May June August Grace Hope Rose Mark Bill
Frank Will Art Dean Faith Dawn`;
export const ambiguousFamily = `Washington Lincoln London Berlin Hamilton Wellington Houston Kent York Derby Bolton
Lancaster Preston Stirling Jordan Montana Denver Boston Ford Morgan Goldman Wells Harrods Disney Dell May March Banks
Field Rivers Stone Young Price Park Page Bush Best Long Brown King Bishop Judge`;
export const ambiguousPlaces = `Jordan Victoria Georgia Washington Lincoln Paris Florence Sydney Austin Charlotte Chad
Dallas Phoenix Madison Hamilton Wellington Houston Lancaster Preston Santiago Boston Denver Montana Virginia Carolina
Savannah Derby Bolton Chelsea Kent York`;
/** Companies and products with the names of everyday words, which the corpus also uses as ordinary words. */
export const everydayBrands =
  "Orange Target Shell Gap Echo Swift Surface Amber Compass Harvest Beacon Summit Anchor Spark Signal";

export const realGiven = `Anna Peter Maria John Elena Thomas Sofia David Laura Martin Nina Robert Clara Simon Julia Paul
Sarah Michael Emma Daniel Alice Adam Lucy George Hannah Oscar Ruth Henry Ines Hugo Amina Omar Yuki Chen Priya Ravi Leila
Ahmed Fatima Igor Olga Pedro Carmen Lars Ingrid Sven Marek Ewa Pavel Dmitri`;
export const realPlaces = `Germany France Spain Italy Norway Sweden Japan China India Brazil Canada Mexico Kenya Egypt
Poland Austria Chile Peru Ghana Vietnam Vienna Madrid Rome Oslo Tokyo Lima Cairo Nairobi Warsaw Prague Dublin Lisbon
Geneva Toronto Chicago Seattle Munich Milan Lyon Porto`;
