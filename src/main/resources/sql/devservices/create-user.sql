-- Returns no row if the address is taken, in any case: an import could not choose between two.
INSERT INTO users (email, name, role)
SELECT :email, :name, :role
 WHERE NOT EXISTS (SELECT FROM users WHERE lower(email) = lower(:email))
ON CONFLICT (email) DO NOTHING
RETURNING id, email, name, role, created_at
