CREATE TEMPORARY TABLE staged_origins (source_row bigint, parent_row bigint) ON COMMIT DROP
