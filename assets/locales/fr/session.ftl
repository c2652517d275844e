# Ce qui arrive de soi-même pendant une session.

session-not-opened = Ce compte ne peut pas être ouvert : { $why }
session-store-failed = Les messages ne sont pas gardés sur cet ordinateur pour l’instant : { $why }. Libérez de la place sur le disque ; ils seront repris au prochain démarrage.
session-room-deleted = Le salon #{ $room } a été supprimé
session-alert = { $by } à tout le monde : { $text }
send-not-kept = Non envoyé : cet ordinateur n’a pas pu l’enregistrer ({ $why }). Libérez de la place sur le disque, puis renvoyez-le.
send-not-discarded = Non repris : { $why }. Réessayez.
send-draft-not-kept = Le brouillon n’est pas gardé sur cet ordinateur : { $why }. Libérez de la place sur le disque.
