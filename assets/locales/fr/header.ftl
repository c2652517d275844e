# L’en-tête d’un salon.

header-search = Chercher dans ce salon
header-files = Fichiers
header-people = Personnes
header-safety = Sûreté
header-more = Plus
header-members = { $count ->
    [one] { $count } personne
   *[other] { $count } personnes
}
