SELECT chunk_no, tail, first_row, row_span, row_count, start_offset, end_offset, aside_rows, aside_offsets, aside_lengths,
       lane
  FROM backfill_chunks
 WHERE job_id = :id
   AND chunk_no = :chunkNo
