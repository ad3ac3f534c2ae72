-- Pictures of products. A picture's id is the SHA-256 of its files, so that it never changes and is stored once.
CREATE TABLE pictures (
    id          bytea       NOT NULL PRIMARY KEY CHECK (octet_length(id) = 32),
    -- The largest size, in pixels.
    width       bigint      NOT NULL CHECK (width BETWEEN 1 AND 1920),
    height      bigint      NOT NULL CHECK (height BETWEEN 1 AND 3840),
    -- The last upload. A day later, a picture that no product shows is deleted.
    uploaded_at timestamptz NOT NULL
);
CREATE INDEX pictures_uploaded ON pictures (uploaded_at);

-- A picture in each of its sizes.
CREATE TABLE picture_files (
    picture_id bytea  NOT NULL REFERENCES pictures ON DELETE CASCADE,
    width      bigint NOT NULL CHECK (width > 0),
    height     bigint NOT NULL CHECK (height > 0),
    media_type text   NOT NULL CHECK (media_type IN ('image/webp')),
    bytes      bytea  NOT NULL CHECK (octet_length(bytes) > 0),
    PRIMARY KEY (picture_id, width)
);
-- The files are compressed already.
ALTER TABLE picture_files ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- The pictures that each product shows. Triggers derive the rows from products.pictures, so that the foreign key keeps a
-- picture that a product shows, whichever node edits the product and whichever node purges.
CREATE TABLE product_pictures (
    product_id uuid  NOT NULL REFERENCES products ON DELETE CASCADE,
    picture_id bytea NOT NULL REFERENCES pictures,
    PRIMARY KEY (product_id, picture_id)
);
CREATE INDEX product_pictures_picture ON product_pictures (picture_id);

CREATE FUNCTION refer_to_pictures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM product_pictures WHERE product_id = new.id;
    INSERT INTO product_pictures
    SELECT DISTINCT new.id, decode(picture ->> 'id', 'hex') FROM jsonb_array_elements(new.pictures) AS picture;
    RETURN NULL;
END
$$;
CREATE TRIGGER products_pictures_added AFTER INSERT ON products
    FOR EACH ROW WHEN (new.pictures <> '[]') EXECUTE FUNCTION refer_to_pictures();
CREATE TRIGGER products_pictures_changed AFTER UPDATE OF pictures ON products
    FOR EACH ROW WHEN (old.pictures <> new.pictures) EXECUTE FUNCTION refer_to_pictures();
