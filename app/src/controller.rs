//! What happens: facts and the user's verbs, and what follows from them.

pub(crate) mod conversation;
