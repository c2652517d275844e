# Discussions entre appareils, qu’aucun serveur ne garde.

way-lan = direct · réseau local
way-direct = en direct
way-relay = par relais
way-held = scellé
way-tag-lan = Réseau local
way-took = { $way }, { $took }
way-reaching = recherche de { $name }…
way-waits = attend { $name }, scellé

address-devices = { $count ->
    [one] 1 appareil · { $how } · lisible par vous deux
   *[other] { $count } appareils · { $how } · lisible par vous deux
}
address-differs = { $count ->
    [one] 1 appareil · le numéro de sûreté diffère : quelqu’un lit peut-être
   *[other] { $count } appareils · le numéro de sûreté diffère : quelqu’un lit peut-être
}
address-lan = en direct, sur le réseau local
address-straight = en direct
address-relay = par relais, qui ne peut pas le lire
address-sealed = scellé, attend sur { $server }
address-here = attend ici votre retour, le sien ou celui de { $server }
address-reaching = scellé en cas d’absence
address-nowhere = aucun appareil où envoyer
address-channel = { $here } · gardé sur les ordinateurs des membres
cannot-send-blocked = Vous avez bloqué { $name }. Débloquez dans le panneau de sûreté.

opening-direct = Vous et { $name } êtes seuls à pouvoir lire ceci. C’est gardé sur vos appareils et les siens, et sur aucun serveur.
opening-channel = Quiconque est dans { $channel } peut lire ceci, et toute personne de { $server } peut y entrer. C’est gardé sur les ordinateurs des membres, et sur aucun serveur.
notice-device = , « { $label } » · { $time }
notice-new-device = { $name } a un nouvel appareil
notice-new-device-own = Vous avez un nouvel appareil
notice-new-compare = , « { $label } », depuis { $time }. Comparez le numéro de sûreté avant d’envoyer quoi que ce soit de privé.
notice-new-held-back = , « { $label } », depuis { $time }. Rien n’y va avant que vous ne compariez le numéro de sûreté, ou ne l’acceptiez.
notice-key-changed = Un appareil de { $name } montre une autre clé
notice-key-changed-what = , « { $label } ». Quelqu’un est peut-être entre vous. Rien n’y va ; comparez le numéro de sûreté avec { $name } avant de l’accepter.
notice-revoked = { $name } a retiré un appareil
notice-revoked-own = Vous avez retiré un appareil
notice-compared = Vous avez comparé le numéro de sûreté avec { $name } · { $time }
notice-differs = Le numéro de sûreté avec { $name } diffère
notice-differs-what = { " " }: quelqu’un est peut-être entre vous · { $time }
notice-forked = Un appareil de { $name } a écrit deux lignes pour une
notice-forked-what = { " " }: seule la première est montrée · { $time }
notice-away = { $name } n’est pas là.
notice-sealed = { " " }{ $count ->
    [one] Ce que vous envoyez est scellé pour son appareil et attend sur { $server }, qui ne peut pas le lire.
   *[other] Ce que vous envoyez est scellé pour ses { $count } appareils et attend sur { $server }, qui ne peut pas le lire.
}
notice-waits-here = { " " }Ce que vous envoyez attend sur cet ordinateur son retour ou celui de { $server }.
notice-compare = Comparer
notice-accept = Accepter
notice-later = Plus tard
state-sealed = Scellé : cela attend sur { $server }, qui ne peut pas le lire
state-delivered = Remis · { $way }

channel-here = { $here } sur { $all } ici
channel-alone = sans les autres
channel-what = Gardé sur les ordinateurs des membres
channel-empty-what = Les absents rattrapent plus tard, auprès de quiconque était là
channel-title = Un canal entre pairs
channel-about = Il vit sur les ordinateurs de ses membres, et sur aucun serveur. Toute personne de { $server } qui connaît son nom peut y entrer.
channel-name = Nom
channel-name-hint = Lettres, chiffres, - et _. Si d’autres y sont déjà, vous les rejoignez.
channel-placeholder = sortie
channel-yes = Entrer
channel-not-joined = Pas entré dans #{ $channel } : { $why }

person-title = Parler en direct
person-who = Avec qui ?
person-hint = Un identifiant, ou choisissez ci-dessous
person-yes = Parler
no-device-title = { $name } n’a pas encore d’appareil
no-device-about = { $name } n’a encore utilisé l’application sur aucun ordinateur : il n’y a personne à qui parler en direct. Vous pouvez parler dans un salon privé gardé par { $server }, qui peut le lire.
no-device-yes = Salon privé sur { $server }
talk-with-oneself = C’est vous. Choisissez quelqu’un d’autre.
talk-not-met = Impossible de joindre { $name } : { $why }
talk-not-known = Seul { $server } sait si { $name } a un appareil. Réessayez à son retour.
slash-not-between-devices = { $word } ne vaut pas entre appareils. Commencez par // pour l’envoyer comme message.

attach-channel = Pas de fichiers dans { $channel } : un fichier va à une personne. Ouvrez pour cela une discussion directe.
attach-remove = Ne pas l’envoyer
attach-no-file = { $name } n’est pas un fichier. Choisissez un fichier.
attach-not-read = Impossible de lire { $name } : { $why }
attach-not-pasted = Impossible de garder l’image : { $why }
peer-file-hashing = { $size } · en lecture
peer-file-offered = { $size } · { $name } n’a pas encore dit oui
peer-file-asks = { $size } · { $name } veut l’envoyer
peer-file-waits = { $size } · attend { $name }
peer-file-waits-at = { $part } · reprend au retour de { $name }
peer-file-sealing = Scellement et envoi · { $part }
peer-file-sealing-at = Scellement et envoi · { $part } · { $speed }
peer-file-sealed = { $size } · scellé, attend sur { $server }
peer-file-paused = En pause à { $percent } % de { $size }
peer-file-delivered = { $size } · Remis
peer-file-there = { $size } · ici
peer-file-declined = { $size } · refusé par { $name }
peer-file-declined-own = { $size } · vous l’avez refusé
peer-file-cancelled = { $size } · repris par { $name }
peer-file-cancelled-own = { $size } · repris
peer-file-failed = Non envoyé : { $why }
peer-file-not-here = Non reçu : { $why }
peer-file-accept = Accepter
peer-file-decline = Refuser
peer-file-take-back = Reprendre
save-file-title = Où garder { $name } ?
save-file-about = Donnez le chemin complet du fichier.
save-file-hint = Il va dans vos téléchargements, sauf avis contraire.
save-file-yes = Accepter
save-file-failed = Non accepté : { $why }

peer-not-opened = Les discussions entre appareils ne marchent pas : { $why }
peer-not-open = les discussions entre appareils ne sont pas encore ouvertes. Réessayez dans un instant.
peer-failed = Non fait : { $why }
