CREATE TABLE their_table (id int);
