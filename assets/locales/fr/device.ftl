# La page de cet appareil dans les réglages.

settings-devices = Appareils
device-name = Nom de cet appareil
device-name-hint = Vos interlocuteurs le voient
device-name-kept = Enregistré
device-bad-name = Ce ne peut être un nom d’appareil. De 1 à { $most } caractères, sur une ligne.
device-lan = Chercher sur le réseau local
device-lan-what = Cet ordinateur y dit qu’il est un appareil, sans dire de qui
device-relay-only = Par relais seulement
device-relay-only-what = Plus lent, mais l’adresse de cet ordinateur reste inconnue
device-keys = Clés de cet appareil
device-keys-keyring = Dans le trousseau du système
device-keys-file = Dans un fichier lisible par vous seulement
device-opening = Ouverture…
device-vouched = Le serveur en répond
device-not-vouched = Inconnu du serveur
device-tracker = Traqueur { $address }
device-tracker-reached = Joint
device-tracker-not-reached = Injoignable
device-own = Vos appareils
device-own-what = Ce qu’on vous envoie va à chacun d’eux. Retirez ceux qui sont perdus.
device-own-none = Le serveur n’a pas encore été consulté.
device-this-one = Celui-ci
device-revoke = Retirer…
