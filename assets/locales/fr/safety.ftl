# Le panneau de sûreté : le numéro, les appareils, le chemin.

trust-verified = Vérifié
trust-not-compared = Non comparé
trust-new-device = Nouvel appareil, non comparé
trust-differs = Les numéros diffèrent
trust-blocked = Bloqué

safety-title = Sûreté
safety-unknown = On ne sait encore rien de ses appareils.
safety-number = Numéro de sûreté
safety-none = Il n’y a rien à comparer tant que vous et { $name } n’avez pas chacun un appareil.
safety-compared = Comparé le { $day } à { $time }. { $name } voit les mêmes 60 chiffres ; s’ils diffèrent, quelqu’un est entre vous.
safety-changed = Il a changé le { $day }, quand « { $label } » a été ajouté. Lisez-le-vous de vive voix, ou côte à côte, sur les deux écrans.
safety-how = Lisez-le à { $name } de vive voix, ou côte à côte, sur les deux écrans. S’ils sont égaux, personne n’est entre vous.
safety-differs = Le { $day }, le numéro n’était pas le même des deux côtés : quelqu’un est peut-être entre vous. N’envoyez rien de privé. Comparez de nouveau avec { $name } avant de vous y fier.
safety-match = Identiques
safety-differ = Différents
safety-copy = Copier
safety-copied = Le numéro de sûreté est copié
safety-code = Code à scanner
safety-digits = Les chiffres
safety-devices = Appareils de { $name }
safety-no-device = { $name } n’a encore utilisé l’application sur aucun ordinateur.
safety-goes = Le chemin

device-since = Connu depuis le { $day }
device-new = Nouveau, { $since }
device-changed = Montre une autre clé
device-ended = Retiré
device-connected = { $what } · connecté
device-tag-new = Nouveau
device-tag-changed = Changé

goes-now = Maintenant
goes-otherwise = Sinon
goes-away = En absence
goes-at = { $way } : { $at }
goes-relay = par relais
goes-sealed = scellé, gardé par { $server }
goes-waits = { $count ->
    [0] scellé, rien n’attend
    [one] scellé, 1 attend sur { $server }
   *[other] scellé, { $count } attendent sur { $server }
}
goes-reaching = appel en cours
goes-nowhere = aucun appareil
goes-dialled-what = Appelé
goes-dialled = { $last }, de nouveau dans { $seconds } s
goes-kept = Gardé jusqu’à
goes-until = la relève par { $name }

menu-block = Bloquer…
menu-unblock = Débloquer
menu-forget-talk = Retirer cette discussion d’ici…
menu-leave-channel = Quitter le canal…
confirm-block = Bloquer { $who } ?
confirm-block-about = Rien de ce qui vient de ses appareils n’entre, et votre présence ne lui est plus montrée. Les salons du serveur ne changent pas.
confirm-block-yes = Bloquer
confirm-forget-talk = Retirer la discussion avec { $who } ?
confirm-forget-talk-about = Elle disparaît de cet ordinateur. { $who } et vos autres appareils gardent la leur.
confirm-forget-talk-yes = Retirer
confirm-leave-channel-about = Ce qui en est ici est retiré de cet ordinateur. Les autres gardent le leur, et vous pouvez revenir.
confirm-differs = Les numéros diffèrent ?
confirm-differs-about = Alors quelqu’un est peut-être entre vous et { $who }. La discussion est marquée, jusqu’à une nouvelle comparaison.
confirm-differs-yes = Ils diffèrent
confirm-revoke = Retirer « { $label } » ?
confirm-revoke-about = Cet appareil ne peut plus parler à personne, et vos interlocuteurs en sont avertis. On ne peut pas revenir en arrière.
confirm-revoke-yes = Retirer
