# Le panneau des personnes.

people-title = Personnes
people-add = Faire entrer quelqu’un
people-close = Fermer
people-online = En ligne · { $count }
people-away = Absence · { $count }
people-offline = Hors ligne · { $count }
people-here = Ici · { $count }
people-not-here = Pas ici · { $count }
people-unknown = Inconnu hors ligne · { $count }
people-more = et { $count } de plus

role-owner = propriétaire
role-admin = admin
role-moderator = modération
role-member = membre
role-guest = invité
role-owner-means = Les propriétaires peuvent tout faire ici, même envers les admins, et seul un autre propriétaire peut les expulser.
role-admin-means = Les admins bannissent, invitent, donnent des rôles inférieurs et lisent le journal d’audit.
role-moderator-means = La modération retire la parole, expulse, supprime des messages et peut avertir tout le monde.
role-member-means = Les membres écrivent, et créent leurs propres salons.
