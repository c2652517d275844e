# La conversation d’un salon : ce qui a été dit, et ce qui s’écrit.

# Jours et heures.
day =
    { $weekday ->
        [1] Lundi
        [2] Mardi
        [3] Mercredi
        [4] Jeudi
        [5] Vendredi
        [6] Samedi
       *[7] Dimanche
    } { $day ->
        [1] 1er
       *[other] { $day }
    } { $month ->
        [1] janvier
        [2] février
        [3] mars
        [4] avril
        [5] mai
        [6] juin
        [7] juillet
        [8] août
        [9] septembre
        [10] octobre
        [11] novembre
       *[12] décembre
    }
day-of-year = { $day } { $year }
new-messages = Nouveaux messages

# Les bouts de ce qui est chargé.
older-loading = Les messages plus anciens arrivent
older-offline = Les messages plus anciens sont sur le serveur et s’afficheront à son retour
older-failed = Les messages plus anciens ne sont pas venus.
newer-loading = Les messages plus récents arrivent
newer-offline = Les messages plus récents sont sur le serveur et s’afficheront à son retour
newer-failed = Les messages plus récents ne sont pas venus.
load-again = Réessayer
room-start = Ici commence { $room }
room-empty = Rien ici pour l’instant
room-empty-what = Dites bonjour
pill-new =
    { $count ->
        [one] { $count } nouveau
       *[other] { $count } nouveaux
    }
pill-now = Retour au présent
pill-now-new =
    Retour au présent · { $count ->
        [one] { $count } nouveau
       *[other] { $count } nouveaux
    }

# Ce qui s’est passé.
joined = a rejoint le salon · { $time }
joined-by = a rejoint le salon grâce à { $by } · { $time }
left = a quitté le salon · { $time }
put-out = a dû quitter le salon sur décision de { $by } · { $time }
put-out-why = a dû quitter le salon sur décision de { $by } : { $why } · { $time }
topic-set = a défini le sujet : { $topic } · { $time }
topic-removed = a retiré le sujet · { $time }

# Un message.
edited = (modifié)
deleted = Supprimé
show-all = Tout afficher
quote-elsewhere = Un message précédent
quote-deleted = Un message supprimé
state-waiting = En chemin
state-sent = Envoyé : le serveur l’a enregistré
state-failed = Non envoyé
not-sent = Non envoyé : { $why }
try-again = Réessayer
discard = Supprimer
react = Réagir
reply = Répondre
copy-text = Copier le texte
more = Plus
edit = Modifier
delete = Supprimer…
delete-question = Supprimer ce message pour tout le monde ?
delete-yes = Supprimer
delete-no = Garder
key-react = E
key-reply = R
key-edit = E
key-copy = Ctrl C
key-delete = Suppr
reacted =
    { $others ->
        [0] { $names }
        [one] { $names } et 1 autre
       *[other] { $names } et { $others } autres
    }
act-failed = Non effectué : { $why }
jump-nothing = Ce message n’est plus ici.
jump-failed = Ce message n’a pas pu être affiché : { $why }

# L’éditeur.
address-room =
    { $people ->
        [one] { $people } personne · gardé sur { $server }, qui peut le lire
       *[other] { $people } personnes · gardé sur { $server }, qui peut le lire
    }
address-direct = gardé sur { $server }, qui peut le lire
address-offline = attend ici le retour de { $server }
address-to = À
typing-one = { $a } écrit…
typing-two = { $a } et { $b } écrivent…
typing-many = Plusieurs personnes écrivent…
placeholder = Écrire à { $room }
cannot-send = Seule la modération peut écrire dans { $room }.
replying = Réponse à { $name }
editing = Modifier le message
cancel = Annuler
emoji = Émojis
send = Envoyer
save = Enregistrer
close = Fermer
send-too-long =
    Non envoyé : le texte dépasse de { $over ->
        [one] { $over } octet
       *[other] { $over } octets
    } la limite de { $bound } de ce serveur. Raccourcissez-le, ou envoyez-le en plusieurs parties.
key-enter = Entrée
key-escape = Échap
# Les commandes à barre oblique : comment chacune s’écrit, et ce qu’elle fait.
slash-line = { $usage } · { $what }
slash-help = /help
slash-nick = /nick nom
slash-join = /join salon
slash-leave = /leave
slash-me = /me ce que vous faites
slash-msg = /msg personne texte
slash-topic = /topic texte
slash-who = /who
slash-kick = /kick personne raison
slash-ban = /ban personne raison
slash-alert = /alert texte
slash-quit = /quit
slash-help-what = Liste les commandes
slash-nick-what = Change votre nom affiché
slash-join-what = Entre dans un salon
slash-leave-what = Quitte ce salon
slash-me-what = Dit ce que vous faites
slash-msg-what = Écrit à une seule personne
slash-topic-what = Définit le sujet de ce salon
slash-who-what = Dit qui est ici
slash-kick-what = Expulse quelqu’un du serveur
slash-ban-what = Bannit quelqu’un du serveur
slash-alert-what = Dit quelque chose à tout le serveur
slash-quit-what = Ferme l’application
slash-unknown = La commande { $word } n’existe pas. Tapez /help pour voir celles qui existent, ou commencez par // pour l’envoyer comme message.
slash-not-allowed = Vous n’avez pas droit à { $word } ici. Demandez à la modération.
slash-missing = Il manque quelque chose. Écrivez { $usage }
slash-no-username = « { $text } » n’est pas un nom d’utilisateur. Un nom d’utilisateur se compose de a à z, 0 à 9, _ . - et d’au plus 32 caractères.
slash-no-room-name = « { $text } » n’est pas un nom de salon. Un nom de salon se compose de minuscules, chiffres, _ et - et d’au plus 48 caractères.
slash-no-display-name = « { $text } » ne peut pas être un nom : au plus 64 caractères, sur une ligne.
slash-one-line = { $word } s’écrit sur une seule ligne.
who =
    { $count ->
        [one] Dans #{ $room } : { $names }
       *[other] { $count } personnes dans #{ $room } : { $names }
    }
who-more = Dans #{ $room } : { $names } et d’autres
