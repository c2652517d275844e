# Le titre de la fenêtre, et ce qui se dit autour du début et de la fin.

title = Parlor
title-server = { $server } · Parlor
title-unread = ({ $count }) { $title }
start-no-display = il n’y a pas d’écran où ouvrir une fenêtre. Sans écran, lancez le serveur : cargo run --release -p parlord (installé : parlord).
start-preferences-not-kept = Vos choix n’ont pas été enregistrés : le disque les a refusés ({ $why }). Libérez de la place, puis choisissez à nouveau.
open-failed = Non ouvert : le système n’a rien pour l’ouvrir ({ $why }). Copiez le lien dans votre navigateur.
