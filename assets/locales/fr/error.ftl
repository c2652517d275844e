# Pourquoi quelque chose n’est pas, et que faire. Chacun suit « Non … : » ou tient seul.

error-offline = il n’y a pas de liaison avec le serveur. Réessayez à son retour.
error-lost = la liaison a été coupée avant la réponse. Voyez si c’est fait, puis réessayez.
error-ended = la session est terminée. Reconnectez-vous.
error-too-long = c’est plus long que ce que le serveur accepte. Raccourcissez.
error-unexpected = le serveur a répondu quelque chose qui ne convient pas. Réessayez ; si cela dure, dites-le à son propriétaire.
error-store = cet ordinateur n’a pas pu l’enregistrer ({ $why }). Libérez de la place sur le disque, puis réessayez.
error-bad-request = le serveur n’a pas compris ({ $said }). Vérifiez ce qui a été tapé, ou mettez Parlor à jour.
error-bad-credentials = le nom ou le mot de passe est faux. Vérifiez les deux ; les majuscules comptent dans le mot de passe.
error-username-taken = ce nom d’utilisateur est ou a été celui de quelqu’un. Choisissez-en un autre.
error-bad-username = ce ne peut pas être un nom d’utilisateur. Utilisez des minuscules, des chiffres, _ . et -, d’abord une lettre ou un chiffre, 32 caractères au plus.
error-weak-password = le mot de passe est trop facile à deviner. Choisissez-en un qui suit toutes les règles ci-dessous.
error-invite-required = ici, on crée un compte sur invitation. Demandez un lien au propriétaire.
error-bad-invite = l’invitation est fausse, épuisée ou expirée. Demandez un nouveau lien.
error-registration-closed = personne ne peut créer de compte ici pour l’instant. Demandez au propriétaire.
error-guests-not-allowed = ce serveur n’accueille pas d’invités. Connectez-vous, ou créez un compte.
error-already-online = ce compte est connecté ailleurs, et le serveur n’autorise qu’une session à la fois. Déconnectez-vous d’abord là-bas.
error-banned = l’accès à ce serveur vous est interdit ({ $said }). Demandez à son propriétaire.
error-muted = vous n’avez pas la parole sur ce serveur pour l’instant. Réessayez plus tard, ou demandez à la modération.
error-no-such-room = ce salon n’existe pas pour vous. Vérifiez son nom, ou demandez à y entrer.
error-room-exists = un salon de ce nom existe. Choisissez un autre nom.
error-bad-room-name = ce ne peut pas être un nom de salon. Utilisez des minuscules de toute écriture, des chiffres, _ et -, 48 caractères au plus.
error-not-a-member = vous n’êtes pas dans ce salon. Rejoignez-le d’abord.
error-no-such-user = cette personne n’existe pas sur ce serveur. Vérifiez le nom.
error-no-such-message = ce message n’est plus là. Il n’y a rien à faire.
error-no-such-file = ce fichier n’est plus là. Demandez à la personne qui l’a envoyé.
error-text-too-long = le texte est plus long que ce que le serveur accepte. Raccourcissez-le, ou envoyez-le en plusieurs parties.
error-forbidden = vous n’en avez pas le droit ici ({ $said }). Demandez à la modération.
error-rate-limited = c’était trop à la fois. Réessayez dans { $seconds } s.
error-rate-limited-some = c’était trop à la fois. Réessayez dans un moment.
error-slow-consumer = cet ordinateur lisait trop lentement. La liaison se rétablit d’elle-même.
error-hold-full = trop de choses attendent déjà cette personne. Réessayez après son passage.
error-storage-unavailable = le disque du serveur est plein ou absent, rien n’a été enregistré. Réessayez dans une minute.
error-internal = le serveur a commis une erreur. Réessayez ; si cela dure, dites-le à son propriétaire.
error-unknown = le serveur a refusé ({ $said }). Mettez Parlor à jour, ou demandez au propriétaire.

error-unknown-host = le nom { $host } est introuvable. Vérifiez l’adresse et votre réseau.
error-unreachable = rien ne répond à { $address }. Vérifiez l’adresse ; le serveur est peut-être éteint, ou son port fermé.
error-timed-out = { $address } n’a pas répondu à temps. Vérifiez votre réseau, puis réessayez.
error-broken = la liaison avec { $address } a été coupée. Réessayez.
error-not-parlor = ce qui répond à { $address } n’est pas un serveur Parlor. Vérifiez l’adresse et le port.
error-key-changed = la clé de ce serveur a changé. Demandez à son propriétaire ; si c’est normal, oubliez le serveur et utilisez un nouveau lien.
error-unconfirmed = la clé de ce serveur n’a pas encore été comparée. Connectez-vous à nouveau, et comparez-la.
error-other-protocol = le serveur parle la version { $theirs } du protocole. Mettez à jour le plus ancien des deux.
error-here = cet ordinateur n’a pas pu l’enregistrer ({ $what }). Vérifiez le disque et à qui appartient le dossier.

# Après « Hors ligne : ».
offline-unknown-host = le nom du serveur est introuvable
offline-unreachable = rien ne répond là-bas
offline-timed-out = le serveur n’a pas répondu à temps
offline-lost = la liaison a été coupée
offline-silent = le serveur ne donne plus signe de vie
offline-not-parlor = ce qui répond là-bas n’est pas un serveur Parlor

ended-signed-out = Vous avez fermé la session.
ended-kicked = { $by } vous a fait quitter le serveur. Vous pouvez vous reconnecter.
ended-kicked-why = { $by } vous a fait quitter le serveur : { $why }. Vous pouvez vous reconnecter.

# Pourquoi un texte n’est pas un lien vers un serveur. Chacun entre dans « … : { $why }. »
link-empty = tapez l’adresse d’un serveur, comme chat.example.org ou 192.0.2.7:8888
link-bad-host = « { $host } » n’est ni un nom d’hôte ni une adresse IP
link-bad-port = « { $port } » n’est pas un port ; un port est un nombre de 1 à 65535
link-bad-brackets = une adresse IPv6 s’écrit entre crochets, comme [2001:db8::7]:8888
link-other-scheme = les liens de Parlor commencent par parlor://
link-bad-pin = son empreinte est abîmée ; copiez à nouveau le lien entier
link-path = un lien de Parlor n’a pas de chemin après son adresse
link-damaged = il est abîmé à « { $at } » ; copiez-le à nouveau en entier
link-too-long = c’est trop long pour en être un
