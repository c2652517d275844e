# Ce qu’est devenu ce que l’on a demandé au serveur.

answer-not-joined = Salon non rejoint : { $why }
answer-not-left = Salon non quitté : { $why }
answer-left = Vous avez quitté #{ $room }
answer-no-direct = Le salon avec { $who } n’a pas été ouvert : { $why }
answer-not-done = Non effectué : { $why }

done-kicked = { $who } a dû quitter le serveur
done-banned = { $who } ne peut plus revenir
done-muted = { $who } ne peut plus écrire
done-unmuted = { $who } peut écrire à nouveau
done-ranked = { $who } a un nouveau rôle
done-removed = { $who } n’est plus dans le salon
done-added = { $who } est maintenant dans le salon
done-topic = Le sujet est défini
done-deleted = Le salon #{ $room } est supprimé
done-notify = Enregistré
done-alerted = Tout le monde a été averti
