EXPLAIN SELECT id FROM users WHERE lower(email) = lower('a@example.com')
