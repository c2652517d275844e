# L’écran de connexion.

sign-in-not-signed-in = Connexion impossible : { $why }
sign-in-not-made = Aucun compte n’a été créé : { $why }
sign-out-failed = Déconnexion impossible : { $why }

sign-in-all-servers = Tous les serveurs
sign-in-key-link = Chiffré, clé de votre lien
sign-in-key-remembered = Chiffré, clé retenue
sign-in-key-roots = Chiffré, connu de ce système
sign-in-register-open = Tout le monde peut créer un compte
sign-in-register-invite = Comptes sur invitation
sign-in-register-closed = Pas de nouveaux comptes
sign-in-guests = Invités bienvenus
sign-in-no-guests = Pas d’invités
sign-in-kept = Ce que vous écrivez dans les salons est gardé par ce serveur, et son propriétaire peut le lire.
sign-in-tab = Se connecter
sign-in-tab-new = Créer un compte
sign-in-tab-guest = Invité
sign-in-submit = Se connecter
sign-in-submit-new = Créer le compte
sign-in-submit-guest = Entrer sans compte
sign-in-waits = Un instant…
sign-in-username = Nom d’utilisateur
sign-in-username-hint = Minuscules, chiffres, _ . - · ne se change plus ensuite
sign-in-name = Nom affiché
sign-in-name-hint = Toute écriture : Nguyễn, 陈雨桐, Lefèvre
sign-in-password = Mot de passe
sign-in-invite = Invitation
sign-in-invite-from-link = De votre lien
sign-in-invite-hint = Le code que le propriétaire vous a donné
