//! What one sees: pure functions from the model to elements.
