CREATE TEMPORARY TABLE open_rejects (place bigint PRIMARY KEY, source_row bigint NOT NULL) ON COMMIT DROP
