# Le serveur dans l’application.

host-needs-name = Donnez d’abord un nom à votre serveur.
host-needs-username = Choisissez votre nom d’utilisateur : minuscules, chiffres, _ . et -, d’abord une lettre ou un chiffre.
host-needs-password = Choisissez le mot de passe de votre compte.
host-not-started = Non démarré : { $why }
host-no-invite = Il n’y a pas de nouveau lien : { $why }
host-stopped = Le serveur s’est arrêté
host-died = Le serveur s’est arrêté : { $why }

# La carte du premier écran.
host-title = Héberger sur cet ordinateur
host-about = Votre propre serveur, dans cette application. Il tourne tant que Parlor est ouvert ; on le rejoint par un lien.
host-runs = { $name } est en marche.
host-open-page = Voir sa page
host-name = Nom
host-name-placeholder = Notre salon
host-who = Qui peut rejoindre
host-invited = Sur invitation
host-anyone = Qui a le lien
host-username = Votre nom d’utilisateur
host-password = Votre mot de passe
host-password-hint = Le serveur est à vous ; gardez ce mot de passe.
host-start = Démarrer le serveur
host-starting = Démarrage…
host-stopping = Arrêt…
host-where = Port 8888 · gardé dans { $folder }

# La page.
host-off = Le serveur est éteint.
host-back = Retour aux salons
host-since = En marche depuis { $time }
host-hosting = Serveur { $name }
host-stop = Arrêter
host-link-waits = Le lien arrive dans un instant…
host-invite = Invitez avec ce lien
host-open-about = Qui a le lien peut créer un compte : ne l’envoyez qu’aux personnes voulues.
host-good-for = Valable pour
host-for-days = 7 jours
host-new-link = Nouveau lien
host-invite-about = D’ici là, qui a le lien peut créer un compte : ne l’envoyez qu’aux personnes voulues.
host-online = En ligne · { $count }
host-accounts = { $count ->
    [one] { $count } personne
   *[other] { $count } personnes
}
host-camera = Le même lien, pour un appareil photo
host-network = Ce réseau
host-kept = Gardé dans
host-on-close = À la fermeture
host-on-close-stops = le serveur s’arrête
host-outside = Hors de ce réseau, on peut rejoindre dès que votre routeur envoie le port { $port } vers cet ordinateur.
host-port-taken = le port { $port } est occupé sur cet ordinateur, et les liens que vous avez donnés le nomment. Fermez ce qui l’utilise, puis redémarrez.
host-weak-password = le mot de passe est trop facile à deviner. Choisissez-en un autre : { $rules }
