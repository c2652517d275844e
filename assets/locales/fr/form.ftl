# Éléments de formulaires.

form-show-password = Afficher le mot de passe
form-hide-password = Masquer le mot de passe
