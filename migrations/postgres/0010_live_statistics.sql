-- Statistics of sales, for the console. Triggers keep them, so that a server of the version before keeps them too.

-- Units that were ever held, ordered and paid, up to and with this row. Each row adds its own moves to the sums of the row
-- before. So two rows tell what happened between them, and the newest row tells the whole sale.
ALTER TABLE stock_events
    ADD COLUMN ever_held    bigint NOT NULL DEFAULT 0,
    ADD COLUMN ever_ordered bigint NOT NULL DEFAULT 0,
    ADD COLUMN ever_paid    bigint NOT NULL DEFAULT 0;

-- The oldest rows may be deleted already, so the sums count down from those of all holds and orders.
WITH holds_of AS (
    SELECT product_id, sum(qty) AS held FROM holds GROUP BY product_id
), orders_of AS (
    SELECT product_id, sum(qty) AS ordered, sum(qty) FILTER (WHERE status = 'paid') AS paid FROM orders GROUP BY product_id
), later AS (
    SELECT product_id, version,
           sum(coalesce((moved ->> 'held')::bigint, 0)) OVER later AS held,
           sum(coalesce((moved ->> 'ordered')::bigint, 0)) OVER later AS ordered,
           sum(coalesce((moved ->> 'paid')::bigint, 0) + coalesce((moved ->> 'resold')::bigint, 0)) OVER later AS paid
    FROM stock_events
    WINDOW later AS (PARTITION BY product_id ORDER BY version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
UPDATE stock_events e
SET ever_held = coalesce(h.held, 0) - coalesce(l.held, 0),
    ever_ordered = coalesce(o.ordered, 0) - coalesce(l.ordered, 0),
    ever_paid = coalesce(o.paid, 0) - coalesce(l.paid, 0)
FROM later l LEFT JOIN holds_of h ON h.product_id = l.product_id LEFT JOIN orders_of o ON o.product_id = l.product_id
WHERE l.product_id = e.product_id AND l.version = e.version;

-- A session keeps the plan of its first call. Made while the table is small, it would read the whole table ever after, so only
-- the index is allowed.
CREATE FUNCTION count_stock_moves() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    before record;
BEGIN
    SELECT ever_held, ever_ordered, ever_paid INTO before FROM stock_events
    WHERE product_id = new.product_id AND version < new.version ORDER BY version DESC LIMIT 1;
    new.ever_held := coalesce(before.ever_held, 0) + coalesce((new.moved ->> 'held')::bigint, 0);
    new.ever_ordered := coalesce(before.ever_ordered, 0) + coalesce((new.moved ->> 'ordered')::bigint, 0);
    new.ever_paid := coalesce(before.ever_paid, 0) + coalesce((new.moved ->> 'paid')::bigint, 0)
        + coalesce((new.moved ->> 'resold')::bigint, 0);
    RETURN new;
END
$$;
CREATE TRIGGER stock_events_count BEFORE INSERT ON stock_events FOR EACH ROW EXECUTE FUNCTION count_stock_moves();

-- Sums of each product's paid orders: their amounts, and the part of them that was returned. A hot product's row is written
-- anew by every commit with a payment, like the product itself.
CREATE TABLE sale_revenue (
    product_id uuid   NOT NULL PRIMARY KEY,
    paid       bigint NOT NULL,
    returned   bigint NOT NULL
) WITH (fillfactor = 20);

INSERT INTO sale_revenue
SELECT product_id, sum(amount), sum(refunds_returned) FROM orders WHERE status = 'paid' GROUP BY product_id;

-- Once for each statement, however many orders it changes. The product's lock guards its row here.
CREATE FUNCTION sum_revenue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'INSERT' THEN
        INSERT INTO sale_revenue AS r (product_id, paid, returned)
        SELECT product_id, sum(amount), sum(refunds_returned) FROM added WHERE status = 'paid' GROUP BY product_id
        ON CONFLICT (product_id) DO UPDATE SET paid = r.paid + excluded.paid, returned = r.returned + excluded.returned;
    ELSIF tg_op = 'DELETE' THEN
        UPDATE sale_revenue r SET paid = r.paid - d.paid, returned = r.returned - d.returned
        FROM (SELECT product_id, sum(amount) AS paid, sum(refunds_returned) AS returned FROM removed
              WHERE status = 'paid' GROUP BY product_id) d
        WHERE r.product_id = d.product_id;
    ELSE
        INSERT INTO sale_revenue AS r (product_id, paid, returned)
        SELECT product_id, sum(paid), sum(returned) FROM (
            SELECT product_id, amount AS paid, refunds_returned AS returned FROM added WHERE status = 'paid'
            UNION ALL
            SELECT product_id, -amount, -refunds_returned FROM removed WHERE status = 'paid'
        ) changed
        GROUP BY product_id HAVING sum(paid) <> 0 OR sum(returned) <> 0
        ON CONFLICT (product_id) DO UPDATE SET paid = r.paid + excluded.paid, returned = r.returned + excluded.returned;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER orders_added_revenue AFTER INSERT ON orders
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION sum_revenue();
CREATE TRIGGER orders_changed_revenue AFTER UPDATE ON orders
    REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION sum_revenue();
CREATE TRIGGER orders_deleted_revenue AFTER DELETE ON orders
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION sum_revenue();
