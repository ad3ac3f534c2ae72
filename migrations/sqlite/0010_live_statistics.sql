-- Statistics of sales, for the console. Triggers keep them, so that a server of the version before keeps them too.

-- Units that were ever held, ordered and paid, up to and with this row. Each row adds its own moves to the sums of the row
-- before. So two rows tell what happened between them, and the newest row tells the whole sale.
ALTER TABLE stock_events ADD COLUMN ever_held    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stock_events ADD COLUMN ever_ordered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stock_events ADD COLUMN ever_paid    INTEGER NOT NULL DEFAULT 0;

-- The oldest rows may be deleted already, so the sums count down from those of all holds and orders.
WITH holds_of AS MATERIALIZED (
    SELECT product_id, sum(qty) AS held FROM holds GROUP BY product_id
), orders_of AS MATERIALIZED (
    SELECT product_id, sum(qty) AS ordered, sum(qty) FILTER (WHERE status = 'paid') AS paid FROM orders GROUP BY product_id
), later AS (
    SELECT product_id, version,
           sum(coalesce(moved ->> 'held', 0)) OVER later AS held,
           sum(coalesce(moved ->> 'ordered', 0)) OVER later AS ordered,
           sum(coalesce(moved ->> 'paid', 0) + coalesce(moved ->> 'resold', 0)) OVER later AS paid
    FROM stock_events
    WINDOW later AS (PARTITION BY product_id ORDER BY version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
UPDATE stock_events AS e
SET ever_held = coalesce((SELECT held FROM holds_of h WHERE h.product_id = e.product_id), 0) - coalesce(l.held, 0),
    ever_ordered = coalesce((SELECT ordered FROM orders_of o WHERE o.product_id = e.product_id), 0) - coalesce(l.ordered, 0),
    ever_paid = coalesce((SELECT paid FROM orders_of o WHERE o.product_id = e.product_id), 0) - coalesce(l.paid, 0)
FROM later l WHERE l.product_id = e.product_id AND l.version = e.version;

CREATE TRIGGER stock_events_count AFTER INSERT ON stock_events BEGIN
    UPDATE stock_events
    SET ever_held = p.ever_held + coalesce(new.moved ->> 'held', 0),
        ever_ordered = p.ever_ordered + coalesce(new.moved ->> 'ordered', 0),
        ever_paid = p.ever_paid + coalesce(new.moved ->> 'paid', 0) + coalesce(new.moved ->> 'resold', 0)
    FROM (SELECT ever_held, ever_ordered, ever_paid FROM stock_events
          WHERE product_id = new.product_id AND version < new.version ORDER BY version DESC LIMIT 1) p
    WHERE stock_events.product_id = new.product_id AND stock_events.version = new.version;
END;

-- Sums of each product's paid orders: their amounts, and the part of them that was returned.
CREATE TABLE sale_revenue (
    product_id BLOB    NOT NULL PRIMARY KEY REFERENCES products (id),
    paid       INTEGER NOT NULL,
    returned   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO sale_revenue
SELECT product_id, sum(amount), sum(refunds_returned) FROM orders WHERE status = 'paid' GROUP BY product_id;

CREATE TRIGGER orders_added_revenue AFTER INSERT ON orders WHEN new.status = 'paid' BEGIN
    INSERT INTO sale_revenue VALUES (new.product_id, new.amount, new.refunds_returned)
    ON CONFLICT (product_id) DO UPDATE SET paid = paid + excluded.paid, returned = returned + excluded.returned;
END;

CREATE TRIGGER orders_changed_revenue AFTER UPDATE OF status, refunds_returned, amount, product_id ON orders
WHEN (new.status = 'paid') <> (old.status = 'paid') OR new.refunds_returned <> old.refunds_returned
    OR new.amount <> old.amount OR new.product_id <> old.product_id
BEGIN
    UPDATE sale_revenue SET paid = paid - old.amount, returned = returned - old.refunds_returned
    WHERE product_id = old.product_id AND old.status = 'paid';
    INSERT INTO sale_revenue SELECT new.product_id, new.amount, new.refunds_returned WHERE new.status = 'paid'
    ON CONFLICT (product_id) DO UPDATE SET paid = paid + excluded.paid, returned = returned + excluded.returned;
END;

CREATE TRIGGER orders_deleted_revenue AFTER DELETE ON orders WHEN old.status = 'paid' BEGIN
    UPDATE sale_revenue SET paid = paid - old.amount, returned = returned - old.refunds_returned
    WHERE product_id = old.product_id;
END;
