-- The place of a paid order among the paid units of its product: a range of this index alone has the quantities of the orders
-- that were paid before it. A payment costs one entry more; orders that are placed or cancelled cost none. A server of the version
-- before keeps working beside this schema.
CREATE INDEX orders_paid ON orders (product_id, ended_at, id, qty) WHERE status = 'paid';
