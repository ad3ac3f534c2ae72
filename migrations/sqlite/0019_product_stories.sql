-- What the shop says about a drop: one sentence, a story, a specification, its colours, and whether the home page shows it
-- first. A picture gets the hue of its colours.
--
-- A server of the version before keeps working beside this schema: its products have the defaults, and its edits leave these
-- columns alone.
ALTER TABLE products ADD COLUMN tagline TEXT NOT NULL DEFAULT ''
    CHECK (length(tagline) <= 160 AND instr(tagline, char(10)) = 0 AND instr(tagline, char(13)) = 0);
ALTER TABLE products ADD COLUMN story TEXT NOT NULL DEFAULT '' CHECK (length(story) <= 5000);
ALTER TABLE products ADD COLUMN specification TEXT NOT NULL DEFAULT '[]'
    CHECK (CASE WHEN json_valid(specification)
                THEN json_type(specification) = 'array' AND json_array_length(specification) <= 30
                ELSE false END);
ALTER TABLE products ADD COLUMN hue INTEGER CHECK (hue BETWEEN 0 AND 359);
ALTER TABLE products ADD COLUMN featured INTEGER NOT NULL DEFAULT 0 CHECK (featured IN (0, 1));

ALTER TABLE pictures ADD COLUMN hue INTEGER CHECK (hue BETWEEN 0 AND 359);

-- A CHECK cannot read the rows of a specification.
CREATE TRIGGER products_specification_added AFTER INSERT ON products WHEN new.specification <> '[]' BEGIN
    SELECT raise(ABORT, 'CHECK constraint failed: a row of a specification is a name and a value')
    FROM json_each(new.specification) AS fact
    WHERE fact.type <> 'object'
       OR coalesce(json_type(fact.value, '$.name'), '') <> 'text' OR coalesce(json_type(fact.value, '$.value'), '') <> 'text'
       OR length(fact.value ->> 'name') NOT BETWEEN 1 AND 60 OR instr(fact.value ->> 'name', ':') > 0
       OR length(fact.value ->> 'value') NOT BETWEEN 1 AND 300;
END;
CREATE TRIGGER products_specification_changed AFTER UPDATE OF specification ON products
WHEN new.specification <> '[]' BEGIN
    SELECT raise(ABORT, 'CHECK constraint failed: a row of a specification is a name and a value')
    FROM json_each(new.specification) AS fact
    WHERE fact.type <> 'object'
       OR coalesce(json_type(fact.value, '$.name'), '') <> 'text' OR coalesce(json_type(fact.value, '$.value'), '') <> 'text'
       OR length(fact.value ->> 'name') NOT BETWEEN 1 AND 60 OR instr(fact.value ->> 'name', ':') > 0
       OR length(fact.value ->> 'value') NOT BETWEEN 1 AND 300;
END;
