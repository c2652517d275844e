# Les avis.

toast-close = Fermer
