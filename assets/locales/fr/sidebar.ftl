# La barre latérale.

sidebar-this-computer = sur cet ordinateur
sidebar-jump = Aller à…
sidebar-add-room = Créer ou parcourir des salons
sidebar-rooms = Salons
sidebar-channels = Canaux entre pairs
sidebar-add-channel = Un nouveau canal entre pairs
sidebar-direct = En direct
sidebar-add-direct = Parler à quelqu’un en direct
sidebar-no-direct = Choisissez quelqu’un dans un salon
sidebar-sealed = { $count ->
    [one] { $count } scellé
   *[other] { $count } scellés
}
sidebar-offline = Hors ligne
sidebar-settings = Réglages
