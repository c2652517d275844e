# Pieces of forms.

form-show-password = Show the password
form-hide-password = Hide the password
