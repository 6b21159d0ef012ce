COPY staged_origins (source_row, parent_row) FROM STDIN
