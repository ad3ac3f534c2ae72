//! Texts of the gallery on a product's page. All of them are in the catalogues.
