# Les dialogues.

dialog-bad-room-name = Ce ne peut pas être un nom de salon. Utilisez des minuscules de toute écriture, des chiffres, _ et -, 48 caractères au plus.
dialog-bad-username = Ce ne peut pas être un nom d’utilisateur. Utilisez des minuscules, des chiffres, _ . et -.
dialog-key-copied = Clé copiée
dialog-link-copied = Lien copié
dialog-no-invite = Aucune invitation n’a été créée : { $why }
dialog-no-rooms = Les salons ne peuvent pas être listés : { $why }
dialog-not-created = Non créé : { $why }

dialog-cancel = Annuler
dialog-close = Fermer

# La confiance à la première visite, et une clé qui a changé.
trust-title = Est-ce le bon serveur ?
trust-about = { $address } se nomme « { $name } » et présente une clé que cet ordinateur n’a jamais vue. C’est normal pour un serveur personnel, une fois.
trust-how = Comparez-la avec la clé que son propriétaire vous a donnée, au téléphone ou de vive voix. Parlor la retient et n’en acceptera pas d’autre pour cette adresse.
trust-copy = Copier la clé
trust-not-now = Pas maintenant
trust-yes = C’est la même, la retenir
key-changed-title = La clé a changé
key-changed-refused = Refusé : la clé de ce serveur a changé. Demandez à son propriétaire ; si c’est normal, oubliez le serveur et utilisez un nouveau lien.
key-changed-about = { $address } présente une autre clé que celle que cet ordinateur a retenue. Quelqu’un s’est peut-être glissé entre vous, ou son propriétaire a fait une nouvelle clé. Rien ne lui a été dit.
key-changed-forget = Oublier le serveur…

# Les questions.
confirm-reason = Pourquoi ? La personne le saura.
confirm-kick = Expulser { $who } du serveur ?
confirm-kick-about = Toutes ses sessions prennent fin aussitôt. La personne pourra se reconnecter.
confirm-kick-yes = Expulser
confirm-ban = Bannir { $who } ?
confirm-ban-about = Toutes ses sessions prennent fin aussitôt, et la personne ne pourra revenir qu’avec l’accord d’un admin.
confirm-ban-yes = Bannir
confirm-mute = Retirer la parole à { $who } ?
confirm-mute-about = La personne peut lire, mais n’écrit plus nulle part sur ce serveur jusqu’à nouvel ordre.
confirm-mute-yes = Retirer la parole
confirm-rank = Donner à { $who } le rôle { $role } ?
confirm-rank-yes = Donner le rôle
confirm-remove = Retirer { $who } de #{ $room } ?
confirm-remove-about = La personne n’en verra plus rien avant d’y revenir ou d’y être ramenée.
confirm-remove-yes = Retirer
confirm-leave = Quitter #{ $room } ?
confirm-leave-public = Vous pourrez y revenir quand vous voudrez.
confirm-leave-private = Vous n’y reviendrez que si quelqu’un du salon vous y fait entrer.
confirm-leave-yes = Quitter
confirm-delete-room = Supprimer #{ $room } ?
confirm-delete-room-about = Le salon et tous ses messages disparaissent pour tout le monde. C’est sans retour.
confirm-delete-room-yes = Supprimer
confirm-end-session = Fermer la session « { $label } » ?
confirm-end-session-about = Elle prend fin aussitôt, où qu’elle soit.
confirm-end-session-yes = Fermer la session
confirm-forget = Oublier { $address } ?
confirm-forget-about = Sa clé, votre compte là-bas et tous les messages gardés sur cet ordinateur sont effacés, ceux en attente d’envoi aussi. Sur le serveur, rien ne change.
confirm-forget-yes = Oublier
confirm-stop-hosting = Arrêter le serveur ?
confirm-stop-hosting-about = Toutes les personnes présentes sont déconnectées. Salons, messages et comptes sont gardés, et reviendront au prochain démarrage.
confirm-stop-hosting-yes = Arrêter
confirm-quit = Fermer Parlor ?
confirm-quit-yes = Fermer et arrêter
confirm-sign-out = Se déconnecter sur cet ordinateur ?
confirm-sign-out-about = Ce qui était gardé ici de ce compte est effacé. Sur le serveur, rien n’est perdu.
confirm-sign-out-waiting = { $count ->
    [one] { $count } message attend son envoi et serait perdu.
   *[other] { $count } messages attendent leur envoi et seraient perdus.
} Tout le reste est gardé sur le serveur.
confirm-sign-out-yes = Se déconnecter

# Un nouveau salon, et les salons à rejoindre.
create-title = Créer un salon
create-name = Nom
create-placeholder = dessin
create-name-hint = Minuscules de toute écriture, chiffres, _ et -
create-who = Qui peut entrer
create-public = Tout le monde
create-private = Sur invitation
create-public-hint = Il est listé pour tout le monde sur ce serveur.
create-private-hint = Il n’existe pas pour qui n’en fait pas partie.
create-topic = Sujet, si vous voulez
create-yes = Créer
browse-title = Les salons de ce serveur
browse-placeholder = Trouver un salon
browse-waits = Demande au serveur…
browse-nothing = Aucun salon ne correspond. En créer un ?
browse-members = { $count ->
    [one] { $count } personne
   *[other] { $count } personnes
}
browse-members-topic = { $count ->
    [one] { $count } personne
   *[other] { $count } personnes
} · { $topic }
browse-join = Rejoindre
browse-joined = Vous y êtes

# Une invitation sur le serveur, une personne pour un salon, un sujet.
invite-title = Inviter
invite-about = Qui a le lien peut créer un compte sur { $server } : ne l’envoyez qu’aux personnes voulues.
invite-for = Valable pour
invite-people = { $count ->
    [one] { $count } personne
   *[other] { $count } personnes
}
invite-until = Pendant
invite-days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}
invite-as = Rôle à l’arrivée
invite-make = Créer le lien
invite-link = Le lien
invite-copy = Copier le lien
add-title = Faire entrer quelqu’un dans #{ $room }
add-who = Qui
add-placeholder = Nom d’utilisateur ou nom
add-hint = La personne verra tout ce qui a jamais été écrit dans ce salon.
add-yes = Faire entrer
topic-title = Sujet de #{ $room }
topic-label = Sujet
topic-hint = De quoi parle le salon, en une ligne ; vide pour aucun
topic-yes = Définir
confirm-quit-transfers-about = { $count ->
    [one] { $count } transfert est en cours. Il reprendra
   *[other] { $count } transferts sont en cours. Ils reprendront
} au prochain démarrage.
confirm-quit-transfers-yes = Fermer
confirm-quit-transfers-no = Laisser ouvert
confirm-delete-file = Supprimer { $name } ?
confirm-delete-file-about = Il disparaît de son salon et des messages qui le montrent, pour tout le monde. C’est sans retour.
confirm-delete-file-yes = Supprimer
