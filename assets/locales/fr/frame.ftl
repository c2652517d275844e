# L’écran principal, autour des régions.

frame-opening = Ouverture de { $server }…
frame-no-room = Vous n’êtes dans aucun salon. Appuyez sur + à côté de Salons pour en trouver un.
