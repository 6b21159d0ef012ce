-- The staged sessions whose id is not in the table: they were neither stored nor duplicates.
SELECT staged.source_row
  FROM staged_sessions AS staged
 WHERE staged.source_row BETWEEN :first AND :last
   AND NOT EXISTS (
     SELECT FROM kintell_sessions AS session
      WHERE session.external_session_id = staged.external_session_id)
