# Ce que seules les pages de discussion et de fichiers disent. Le reste vient de l’application.

# Les quantités.
web-bytes = { $amount } o
web-kilobytes = { $amount } Ko
web-megabytes = { $amount } Mo
web-gigabytes = { $amount } Go
web-terabytes = { $amount } To
web-seconds = { $count } s
web-minutes = { $count } min
web-hours = { $count } h

# Le cadre.
web-needs-script = La discussion a besoin de JavaScript. Autorisez-le pour ce site, ou utilisez l’application.
web-back = Retour aux salons
web-skip = Vers l’éditeur
web-talk = La conversation
web-messages = Messages dans { $room }
web-opens-room = ouvre un salon à deux
web-link = Liaison
web-connected = connecté
web-now = Au présent
web-open = Ouvrir
web-overview = Vue d’ensemble
web-mention = Mention
web-panel-people = Personnes
web-panel-search = Recherche
web-panel-transfers = Transferts
web-desktop-only = Les discussions directes et les canaux entre pairs sont chiffrés de bout en bout et vivent dans l’application.
web-presence-unknown = inconnu hors ligne

# Ce qu’un lecteur d’écran entend.
web-spoken = { $name } { $time } : { $text }
web-spoken-offline = Hors ligne. La liaison se rétablit d’elle-même.

# Les messages.
web-copied = Copié
web-not-copied = Non copié : le navigateur ne le permet pas. Sélectionnez le texte et copiez-le.
web-not-kept = Le navigateur ne garde rien ici : un message non envoyé est perdu quand la page se ferme.
web-outbox-full = Non envoyé : 200 messages attendent déjà. Attendez la liaison.
web-notice = { $name } dans { $room }
web-error-timed-out = le serveur n’a pas répondu à temps. Réessayez.

# Fichiers et transferts.
web-files = Fichiers
web-all-files = Tous les fichiers
web-attach = Ajouter un fichier
web-download = Télécharger { $name }
web-picture = { $name }, { $about } : voir en grand
web-drop =
    { $count ->
        [one] Déposez pour envoyer { $count } fichier
       *[other] Déposez pour envoyer { $count } fichiers
    }
web-transfers = Transferts
web-running = { $count } en cours
web-up =
    { $count ->
        [one] { $count } envoi
       *[other] { $count } envois
    } · { $speed }/s
web-up-idle =
    { $count ->
        [one] { $count } transfert
       *[other] { $count } transferts
    }
web-no-transfers = Rien en chemin
web-no-transfers-how = Déposez un fichier dans la conversation, ou appuyez sur Ctrl+U
web-pause = Mettre { $name } en pause
web-resume = Reprendre { $name }
web-cancel = Annuler { $name }
web-take-away = Retirer { $name }
web-choose-again = Choisir à nouveau { $name }
web-upload-waiting = En attente · { $size }
web-upload-part = { $part } %
web-upload-running = { $part } % · { $speed }/s · reste { $left }
web-upload-paused = En pause à { $part } % de { $size }
web-upload-ready = Prêt · { $size }
web-upload-broken = Interrompu. L’envoi reprendra quand le serveur répondra.
web-upload-again = Arrêté à { $done } sur { $size }. Choisissez à nouveau le fichier pour continuer.
web-upload-too-large = Non téléversé : { $name } dépasse les { $most } que ce serveur accepte.
web-upload-forbidden = Non téléversé : vous ne pouvez pas mettre de fichiers ici. Rejoignez d’abord le salon.
web-upload-refused = Non téléversé : le serveur a refusé ({ $status }). Réessayez, ou demandez à son propriétaire.
web-too-many-files =
    { $count ->
        [one] Un message prend { $count } fichier. Envoyez d’abord celui-ci.
       *[other] Un message prend { $count } fichiers. Envoyez d’abord ceux-ci.
    }
web-file-stuck = { $name } n’est pas téléversé. Choisissez-le à nouveau, ou retirez-le.
web-another-file = Ce n’est pas le même { $name } : sa taille ou sa date diffère.

# La page des fichiers.
web-files-find = Trouver un fichier par son nom
web-files-kind = Type
web-files-any = Tout type
web-files-pictures = Images
web-files-documents = Documents
web-files-archives = Archives
web-files-sort = Ordre
web-files-newest = Les plus récents
web-files-name = Par nom
web-files-largest = Les plus lourds
web-files-room = Salon
web-files-all-rooms = Tous les salons
web-files-upload = Téléverser
web-files-upload-to = Téléverser dans { $room }
web-files-column-name = Nom
web-files-column-from = De
web-files-column-size = Taille
web-files-column-when = Date
web-files-none = Pas encore de fichiers
web-files-none-how = Déposez-en un ici ou appuyez sur Ctrl+U
web-files-nothing = Rien pour « { $query } »
web-files-nothing-how = Essayez moins de lettres, ou tous les salons
web-files-count =
    { $count ->
        [one] { $count } fichier · { $size } sur { $server }
       *[other] { $count } fichiers · { $size } sur { $server }
    }
web-files-count-some = Les { $count } fichiers les plus récents · { $size } sur { $server }
web-files-drop-hint = Déposez un fichier n’importe où dans cette fenêtre pour le téléverser
web-files-more = Afficher les plus anciens
web-files-failed = Les fichiers ne peuvent pas être listés : { $why }
web-files-delete = Supprimer { $name }
web-files-delete-question = Supprimer { $name } pour tout le monde ?
web-files-delete-about = Il disparaît du salon et du serveur. C’est sans retour.
web-files-deleted = { $name } est supprimé
web-files-uploaded = { $name } est dans { $room }
web-files-show = Montrer dans le salon

# Les notifications.
web-notices-title = Notifications
web-notices = M’avertir sur cet ordinateur
web-notices-how = Selon le choix de chaque salon, tant que la page est ouverte et que vous regardez ailleurs.
web-notices-denied = Le navigateur les interdit pour cette page. Autorisez-les dans ses réglages pour ce site.

# La fin d’une session.
web-ended = Cette session est terminée : vous l’avez fermée ailleurs, ou elle a été fermée. Ce que vous avez écrit sans pouvoir l’envoyer est gardé dans ce navigateur.
web-kicked = { $by } vous a fait quitter le serveur : { $why }
web-no-reason = sans raison donnée
web-signed-out = Vous avez fermé la session.
web-sign-out-question = Se déconnecter de ce navigateur ?
web-sign-out-about = Les brouillons et les positions gardés dans ce navigateur sont effacés. Sur le serveur, rien n’est perdu.
