# Notices.

toast-close = Close
