-- Addresses that differ only in case count as one, and a row that needs one twice counts once. Texts that are
-- the same are counted together first: to change their case takes longer.
needed AS (
  SELECT source_row, participant,
         CASE WHEN cardinality(causes) = 1 THEN substr(message, length(beginning) + 1)
              ELSE split_part(
                     substr(message, strpos('; ' || message, '; ' || beginning) + length(beginning)), '; ', 1)
         END AS email,
         CASE WHEN NOT participant AND 'participant-not-found' = ANY (causes) THEN message END AS also_participant
    FROM needing,
         (VALUES ('participant-not-found', 'Participant not found: ', true),
                 ('volunteer-not-found', 'Volunteer not found: ', false)) AS role (cause, beginning, participant)
   WHERE cause = ANY (causes)),
same AS (
  SELECT email,
         count(*) FILTER (
           WHERE also_participant IS NULL
              OR strpos(lower('; ' || also_participant || '; '),
                        lower('; Participant not found: ' || email || '; ')) = 0) AS rows,
         bool_or(participant) AS participant,
         bool_or(NOT participant) AS volunteer,
         min(source_row) AS first
    FROM needed
   GROUP BY email),
missing AS (
  SELECT min(email) AS email, sum(rows) AS rows, bool_or(participant) AS participant,
         bool_or(volunteer) AS volunteer, min(first) AS first
    FROM same
   GROUP BY lower(email))
