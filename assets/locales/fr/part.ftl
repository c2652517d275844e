# Petits éléments communs à toutes les régions.
#
# Les mots communs, un seul sens chacun dans tous les fichiers :
#   room salon · direct talk discussion directe · peer channel canal entre pairs · link lien
#   key clé · pin empreinte · invite invitation, inviter · server serveur · to host héberger
#   owner propriétaire · admin admin · moderator modération · member membre
#   guest invité · kick expulser · ban bannir · mute (une personne) retirer la parole
#   remove from a room retirer · bring in faire entrer · sign in se connecter
#   sign out se déconnecter · connection liaison · online en ligne · offline hors ligne
#   sealed scellé · relay relais · tracker traqueur · file fichier · topic sujet
#   username nom d’utilisateur · display name nom affiché · settings réglages
# On vouvoie. Devant : ; ! ? » et après « , une espace insécable (U+00A0 : la fonte
# fournie n’a pas la fine).

# Un nombre au-delà de ce qu’une pastille contient.
badge-many = { $most }+
