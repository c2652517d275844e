# Le panneau de recherche.

search-failed = Recherche non faite : { $why }

search-title = Recherche
search-close = Fermer
search-placeholder = Chercher des messages
search-found =
    { $count ->
        [one] { $count } trouvé
       *[other] { $count } trouvés
    }
search-found-more = { $count } et plus
search-here = dans { $room }
search-everywhere = partout
search-where = La recherche dans les salons se fait sur { $server }. Les discussions directes et les canaux entre pairs se cherchent sur cet ordinateur seulement.
search-where-here = Cette discussion se cherche sur cet ordinateur seulement.
search-here-found = { $count ->
    [one] { $count } trouvé là
   *[other] { $count } trouvés là
}
search-begin = Chercher des messages
search-begin-how = Les accents sont facultatifs : « thiet ke » trouve « thiết kế »
search-waits = Recherche…
search-nothing = Rien pour « { $query } »
search-nothing-how = Essayez moins de lettres, ou tous les salons
search-more = Afficher les plus anciens
