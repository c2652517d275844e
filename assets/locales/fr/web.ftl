# Les pages web que le serveur écrit.

web-foot = { $server } tourne sur Parlor. Ce que vous écrivez dans les salons est gardé par ce serveur, et son propriétaire peut le lire.
web-nav = Pages
web-nav-chat = Discussion
web-nav-files = Fichiers
web-sign-out = Se déconnecter
web-composer = Message

web-username = Nom d’utilisateur
web-username-hint = Minuscules, chiffres, _ . - · ne se change plus ensuite
web-name = Nom affiché
web-name-hint = Toute écriture : Nguyễn, 陈雨桐, Lefèvre
web-password = Mot de passe
web-invite = Invitation

web-login-title = Se connecter
web-login-submit = Se connecter
web-login-open = Première visite ?
web-login-new = Vous avez une invitation ?
web-login-join = Créer un compte

web-join-title = Entrez
web-join-heading = { $server } vous invite
web-join-about = Parlor est un lieu où un petit groupe discute et partage des fichiers, sur son propre serveur.
web-join-app = Avec l’application
web-join-app-about = L’application discute aussi directement d’ordinateur à ordinateur, en scellé pour les seules personnes de la discussion. Le lien ci-dessous lui donne la clé de ce serveur, pour que personne ne puisse se glisser entre vous.
web-join-app-open = Ouvrir dans Parlor
web-join-app-link = Ou copiez ce lien dans l’application :
web-join-browser = Dans ce navigateur
web-join-submit = Créer le compte
web-join-closed = Personne ne peut s’inscrire ici. Demandez un compte à qui tient le serveur.
web-join-has-account = Vous avez un compte ?

web-role-owner = Propriétaire
web-role-admin = Admin
web-role-moderator = Modération
web-role-member = Membre
web-role-guest = Invité
web-presence-online = en ligne
web-presence-away = absence
web-presence-offline = hors ligne

web-home-title = Accueil
web-home-rooms = Salons
web-home-other-rooms = Salons à rejoindre
web-home-unread = { $count ->
    [one] { $count } nouveau
   *[other] { $count } nouveaux
}
web-home-members = { $count ->
    [one] { $count } personne
   *[other] { $count } personnes
}
web-home-people = Personnes · { $count } en ligne
web-home-more-people = Il y en a d’autres. La discussion les liste toutes.
web-home-files = Fichiers
web-home-files-none-how = Joignez-en un à un message dans la discussion, ou téléversez-en un depuis la page des fichiers.
web-home-all-files = Tous les fichiers
web-home-sessions = Vos sessions et appareils
web-home-sessions-about = Partout où votre compte est connecté. Déconnectez ce que vous ne reconnaissez pas, et changez votre mot de passe.
web-home-session-unnamed = Sans nom
web-home-session-current = ce navigateur
web-home-session-created = depuis
web-home-session-seen = vue
web-home-session-end = Déconnecter { $label }

web-reason-bad-credentials = Le nom d’utilisateur ou le mot de passe est faux. Vérifiez les deux ; les majuscules comptent dans le mot de passe.
web-reason-rate-limited = C’était trop à la fois. Réessayez dans { $seconds } s.
web-reason-username-taken = Ce nom d’utilisateur est, ou a été, celui de quelqu’un. Choisissez-en un autre.
web-reason-weak-password = Ce mot de passe est trop faible. Choisissez-en un qui suit les règles.
web-reason-invite-required = Il faut une invitation ici. Demandez un lien à qui tient le serveur.
web-reason-bad-invite = Cette invitation est fausse, épuisée ou expirée. Demandez-en une nouvelle.
web-reason-registration-closed = Personne ne peut s’inscrire ici. Demandez un compte à qui tient le serveur.
web-reason-already-online = Votre compte est connecté ailleurs, et ce serveur n’autorise qu’une session. Fermez d’abord celle-là.
web-reason-storage-unavailable = Le serveur ne peut rien enregistrer pour l’instant. Rien n’a été gardé ; réessayez plus tard.

web-error-home = Aller au début
web-error-400 = Ceci n’a pas été compris
web-error-400-next = Revenez en arrière, et essayez autrement.
web-error-401 = Vous n’avez pas ouvert de session
web-error-401-next = Connectez-vous, et vous reviendrez là où vous vouliez aller.
web-error-403 = Ceci n’est pas permis
web-error-403-next = Si vous pensez que cela devrait l’être, demandez à qui tient ce serveur.
web-error-404 = Il n’y a rien ici
web-error-404-next = Vérifiez l’adresse, ou repartez de la première page.
web-error-405 = Cette page ne s’utilise pas ainsi
web-error-405-next = Repartez de la première page.
web-error-413 = C’est trop
web-error-413-next = Envoyez moins à la fois.
web-error-429 = Trop à la fois
web-error-429-next = Attendez un instant, et réessayez.
web-error-500 = Le serveur a échoué
web-error-500-next = Réessayez dans un instant. Si cela se répète, dites-le à qui tient ce serveur.
