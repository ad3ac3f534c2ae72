-- The language whose numbers and dates the buyer reads (BCP 47). A server of the version before keeps working beside this schema;
-- its orders have none.
ALTER TABLE order_contacts ADD COLUMN language text CHECK (length(language) BETWEEN 2 AND 35);
