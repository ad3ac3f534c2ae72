//! Texts about what the visitor holds. All of them are in the catalogues.
