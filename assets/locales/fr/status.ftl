# La barre d’état. Les mots sur la liaison ne sont jamais abrégés.

status-not-connected = Non connecté
status-reaching = Connexion à { $address }…
status-answers = Répond · { $ping }
status-runs = { $name } fait tourner parlord { $version }
status-kept-at-once = Les changements sont enregistrés aussitôt
status-hosting = Serveur { $name } · { $count } en ligne
status-key = Clé retenue
status-key-link = Clé de votre lien
status-key-roots = Clé connue de ce système
status-connected = Connecté · { $ping }
status-connected-plain = Connecté
status-connected-here = Connecté · cet ordinateur
status-connecting = Connexion…
status-offline = Hors ligne, nouvel essai dans { $seconds } s
status-offline-now = Hors ligne, nouvel essai en cours
status-why = Hors ligne : { $why }
status-try-now = Réessayer
status-key-changed = Refusé : la clé de ce serveur a changé
status-try-again = Réessayer
status-signed-out = Session fermée par le serveur
status-sign-in-again = Se reconnecter
status-waiting = { $state } · { $count ->
    [one] { $count } message
   *[other] { $count } messages
} en attente
status-way = { $name } : { $way }
status-sealed = { $count ->
    [one] { $count } scellé pour { $name }
   *[other] { $count } scellés pour { $name }
}
status-sealed-many = { $count ->
    [one] { $count } scellé pour { $people } personnes
   *[other] { $count } scellés pour { $people } personnes
}
status-transfers = Transferts
status-up = { $count ->
    [one] { $count } envoi
   *[other] { $count } envois
} · { $speed }
status-up-waits = { $count ->
    [one] { $count } envoi
   *[other] { $count } envois
} · en attente
status-down = { $count ->
    [one] { $count } réception
   *[other] { $count } réceptions
} · { $speed }
status-down-waits = { $count ->
    [one] { $count } réception
   *[other] { $count } réceptions
} · en attente
status-broken = { $count ->
    [one] { $count } interrompu
   *[other] { $count } interrompus
}
