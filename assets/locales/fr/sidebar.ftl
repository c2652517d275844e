# La barre latérale.

sidebar-this-computer = sur cet ordinateur
sidebar-jump = Aller à…
sidebar-add-room = Créer ou parcourir des salons
sidebar-rooms = Salons
sidebar-offline = Hors ligne
sidebar-settings = Réglages
