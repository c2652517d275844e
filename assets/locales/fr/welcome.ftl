# Le premier écran.

welcome-nothing-typed = Il n’y a encore rien à joindre. Collez un lien, ou tapez une adresse.
welcome-bad-link = Ce n’est pas un lien vers un serveur : { $why }.
welcome-not-connected = Connexion impossible : { $why }
welcome-not-remembered = La clé n’a pas été retenue : { $why }. Vérifiez le disque, puis connectez-vous à nouveau.
welcome-not-forgotten = Non oublié : { $why }. Vérifiez le disque, puis réessayez.
welcome-forgotten = { $server } est oublié

welcome-theme-system = Thème : comme le système. Passer au clair
welcome-theme-light = Thème : clair. Passer au sombre
welcome-theme-dark = Thème : sombre. Suivre le système
welcome-join = Rejoindre un serveur
welcome-placeholder = Collez un lien, ou tapez une adresse
welcome-connect = Se connecter
welcome-connecting = Connexion…
welcome-hint = Un lien comme parlor://host:8888/?pin=… porte l’adresse, la clé à croire et votre invitation.
welcome-recent = Serveurs récents
welcome-signed-in = { $address } · compte { $who }
welcome-last-here = { $address } · dernière visite le { $when }
welcome-more = Plus
welcome-there = connecté
welcome-silent = ne répond pas
welcome-key-changed = clé changée, refusé
welcome-signed-out = session fermée
