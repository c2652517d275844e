# Les commandes de l’application, dans « aller à ».

command-light = Passer au thème clair
command-dark = Passer au thème sombre
command-settings = Ouvrir les réglages
command-create-room = Créer un salon
command-channel = Entrer dans un canal entre pairs
command-browse-rooms = Parcourir les salons
command-search = Chercher dans tous les messages
command-invite = Inviter sur ce serveur
command-servers = Aller à tous les serveurs
