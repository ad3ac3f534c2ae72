-- What the shop says about a drop: one sentence, a story, a specification, its colours, and whether the home page shows it
-- first. A picture gets the hue of its colours.
--
-- A server of the version before keeps working beside this schema: its products have the defaults, and its edits leave these
-- columns alone.
ALTER TABLE products
    ADD COLUMN tagline text NOT NULL DEFAULT ''
        CHECK (length(tagline) <= 160 AND strpos(tagline, chr(10)) = 0 AND strpos(tagline, chr(13)) = 0),
    ADD COLUMN story text NOT NULL DEFAULT '' CHECK (length(story) <= 5000),
    ADD COLUMN specification jsonb NOT NULL DEFAULT '[]'
        CHECK (CASE WHEN jsonb_typeof(specification) = 'array'
                    -- Each row has a name without a colon, and a value. A count in a regular expression is at most 255.
                    THEN jsonb_array_length(specification) <= 30
                         AND jsonb_array_length(specification) = jsonb_array_length(jsonb_path_query_array(specification,
                             '$[*] ? (@.name like_regex "^[^:]{1,60}$" && @.value like_regex "^.{1,150}.{0,150}$" flag "s")'))
                    ELSE false END),
    ADD COLUMN hue bigint CHECK (hue BETWEEN 0 AND 359),
    ADD COLUMN featured boolean NOT NULL DEFAULT false;

ALTER TABLE pictures ADD COLUMN hue bigint CHECK (hue BETWEEN 0 AND 359);
