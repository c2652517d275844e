# Les fichiers : joints, dans les messages, dans leur liste.

attach = Joindre des fichiers
attach-none = Ce serveur n’accepte pas de fichiers
attach-title = Fichiers pour { $room }
attach-offline = Impossible de joindre des fichiers : il n’y a pas eu de liaison avec { $server } depuis le démarrage. Réessayez à son retour.
attach-closed = Impossible de joindre des fichiers : vous ne pouvez pas écrire dans { $room }. Demandez à la modération.
attach-no-files = Impossible de joindre des fichiers : { $server } n’en accepte pas. Demandez à son propriétaire.
attach-path-title = Téléverser dans { $room }
attach-path-about = Quel fichier ? Donnez son chemin complet.
attach-path-label = Chemin
attach-path-placeholder = ~/Documents/rapport.pdf
attach-path-hint = On peut aussi déposer des fichiers sur la fenêtre.
attach-path-empty = Tapez d’abord le chemin d’un fichier.
attach-path-yes = Téléverser
attach-path-browse = Parcourir…
upload-too-large = Non téléversé : { $name } dépasse les { $limit } que ce serveur accepte. Réduisez-le, ou envoyez-le en plusieurs parties.
upload-refused = Non téléversé : { $name } : { $why }
download-refused = Non téléchargé : { $name } : { $why }
save-as-title = Enregistrer sous
save-as-no-dialog = Ce système n’a pas de dialogue pour choisir un emplacement : le fichier va dans { $folder }. Déplacez-le ensuite.
drop-send = Déposez pour envoyer { $count ->
    [one] { $count } fichier
   *[other] { $count } fichiers
}
drop-send-then = à { $room }, quand vous appuierez sur Entrée
drop-list = Déposez pour téléverser { $count ->
    [one] { $count } fichier
   *[other] { $count } fichiers
}
drop-list-then = dans { $room }
drop-closed = On ne peut rien déposer ici
drop-closed-why = vous ne pouvez pas écrire dans { $room }, ou le serveur n’accepte pas de fichiers
tray-starting = Lecture du fichier…
send-failed-file = Non envoyé : { $name } n’a pas pu être téléversé. Réessayez, ou retirez-le.
send-too-many-files = Non envoyé : un message montre au plus { $most } fichiers. Retirez-en { $over }.
file-what = { $kind } · { $size } · { $who }
file-what-plain = { $size } · { $who }
file-there = { $what } · téléchargé
file-download = Télécharger
file-save-as = Enregistrer sous…
file-open = Ouvrir
file-open-outside = Ouvrir avec un autre programme
file-folder = Montrer dans le dossier
file-view = Voir
file-delete = Supprimer…
file-deleted = Supprimé : { $name }
file-not-deleted = Non supprimé : { $name } : { $why }
file-not-opened = Non ouvert : { $why }
picture-loading = Chargement…
picture-too-large = elle a trop de pixels pour être montrée ici. Téléchargez-la, et ouvrez-la avec un autre programme.
picture-broken = son contenu n’est pas celui d’une image. Téléchargez-la, et regardez-la avec un autre programme.
picture-failed = Non affichée : { $why }
viewer-close = Fermer
files-deleted = Ses fichiers ont été supprimés
files-title = Fichiers
files-close = Retour à la conversation
files-all-rooms = Tous les salons
files-upload = Téléverser
files-find = Trouver un fichier par son nom
files-kind-any = Tout type
files-kind-pictures = Images
files-kind-documents = Documents
files-kind-archives = Archives
files-kind-keys = Clés
files-kind-others = Autres
files-sort-newest = Récents
files-sort-oldest = Anciens
files-sort-largest = Lourds
files-sort-name = Nom
files-name = Nom
files-from = De
files-room = Salon
files-size = Taille
files-when = Date
files-more = Afficher plus
files-again = Réessayer
files-waits = Demande au serveur…
files-failed = Pas de liste de fichiers : { $why }
files-nothing = Rien pour « { $query } »
files-nothing-how = Essayez moins de lettres, un autre type, ou tous les salons
files-empty = Pas encore de fichiers
files-empty-how = Déposez-en un ici ou appuyez sur Ctrl+U
files-there = Téléchargé : montrer dans le dossier
files-more-acts = Plus
files-foot = { $shown } sur { $count ->
    [one] { $count } fichier
   *[other] { $count } fichiers
} · { $size } sur { $server } · déposez un fichier n’importe où dans cette fenêtre pour le téléverser
files-foot-more = { $shown } sur les { $count } fichiers les plus récents · { $size } sur { $server } · déposez un fichier n’importe où dans cette fenêtre pour le téléverser
