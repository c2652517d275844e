# Aller à.

switcher-placeholder = Aller à…
switcher-choose = ↑ ↓ choisir
switcher-search-all = Ctrl Entrée chercher partout
switcher-rooms = # salons
switcher-people = @ personnes
switcher-commands = > commandes
switcher-group-rooms = Salons et discussions
switcher-group-people = Personnes
switcher-group-commands = Commandes
switcher-nothing = Rien pour « { $query } »
switcher-opens-talk = ouvre une discussion directe
switcher-direct = en direct
switcher-channel = canal entre pairs · { $here }
switcher-unread =
    { $count ->
        [one] { $count } non lu
       *[other] { $count } non lus
    }
switcher-mentions = { $count ->
    [one] { $count } mention
   *[other] { $count } mentions
}
