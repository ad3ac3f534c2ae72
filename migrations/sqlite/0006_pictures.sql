-- Pictures of products. A picture's id is the SHA-256 of its files, so that it never changes and is stored once.
CREATE TABLE pictures (
    id          BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 32),
    -- The largest size, in pixels.
    width       INTEGER NOT NULL CHECK (width BETWEEN 1 AND 1920),
    height      INTEGER NOT NULL CHECK (height BETWEEN 1 AND 3840),
    -- The last upload. A day later, a picture that no product shows is deleted.
    uploaded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pictures_uploaded ON pictures (uploaded_at);

-- A picture in each of its sizes. Rows with a large value belong into a table with row ids.
CREATE TABLE picture_files (
    picture_id BLOB    NOT NULL REFERENCES pictures (id) ON DELETE CASCADE,
    width      INTEGER NOT NULL CHECK (width > 0),
    height     INTEGER NOT NULL CHECK (height > 0),
    media_type TEXT    NOT NULL CHECK (media_type IN ('image/webp')),
    bytes      BLOB    NOT NULL CHECK (length(bytes) > 0),
    PRIMARY KEY (picture_id, width)
) STRICT;

-- The pictures that each product shows. Triggers derive the rows from products.pictures, so that the foreign key keeps a
-- picture that a product shows, whichever process edits the product and whichever process purges.
CREATE TABLE product_pictures (
    product_id BLOB NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    picture_id BLOB NOT NULL REFERENCES pictures (id),
    PRIMARY KEY (product_id, picture_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_pictures_picture ON product_pictures (picture_id);

CREATE TRIGGER products_pictures_added AFTER INSERT ON products WHEN new.pictures <> '[]' BEGIN
    INSERT INTO product_pictures
    SELECT DISTINCT new.id, unhex(value ->> 'id') FROM json_each(new.pictures);
END;
CREATE TRIGGER products_pictures_changed AFTER UPDATE OF pictures ON products WHEN old.pictures <> new.pictures BEGIN
    DELETE FROM product_pictures WHERE product_id = new.id;
    INSERT INTO product_pictures
    SELECT DISTINCT new.id, unhex(value ->> 'id') FROM json_each(new.pictures);
END;
