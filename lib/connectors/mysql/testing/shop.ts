const functionOf = (name: string, body: string): string =>
  `CREATE FUNCTION shop.${name}() RETURNS int BEGIN ${body}; RETURN 1; END`

/** Who may do everything in the shop, and nothing else. */
export const shopWriter = { username: 'writer', password: 'writer-Pa55' }

/** Tables of three engines, and routines and a view that write, also where a session is read-only by default. */
export const shopStatements: readonly string[] = [
  'CREATE DATABASE shop CHARACTER SET utf8mb4',
  'CREATE TABLE shop.t (a int PRIMARY KEY)',
  'CREATE TABLE shop.m (a int) ENGINE=MyISAM',
  'CREATE TABLE shop.ar (a int) ENGINE=Aria TRANSACTIONAL=0',
  'INSERT INTO shop.t VALUES (1), (2)',
  'INSERT INTO shop.m VALUES (1)',
  'CREATE SEQUENCE shop.s',
  functionOf('inserts', 'INSERT INTO shop.t VALUES (9)'),
  functionOf('inserts_unsafe', 'INSERT INTO shop.m VALUES (9)'),
  functionOf('lifts', 'SET SESSION tx_read_only = 0; INSERT INTO shop.t VALUES (9)'),
  functionOf('lifts_only', 'SET SESSION TRANSACTION READ WRITE'),
  'CREATE VIEW shop.writing_view AS SELECT shop.inserts() AS a',
  'CREATE PROCEDURE shop.lifts_inside() BEGIN SET SESSION tx_read_only = 0; INSERT INTO shop.t VALUES (9); END',
  'CREATE PROCEDURE shop.commits_and_lifts() BEGIN COMMIT; SET tx_read_only = 0; INSERT INTO shop.t VALUES (9); END',
  `CREATE USER ${shopWriter.username} IDENTIFIED BY '${shopWriter.password}'`,
  `GRANT ALL ON shop.* TO ${shopWriter.username} WITH GRANT OPTION`,
]

/** What shows that something was written there. */
export const shopQuestions: readonly string[] = [
  ...['t', 'm', 'ar', 's'].map((table) => `SELECT * FROM shop.${table}`),
  "SELECT table_name, create_time, table_collation FROM information_schema.tables WHERE table_schema = 'shop'",
  "SELECT column_name, column_type FROM information_schema.columns WHERE table_schema = 'shop'",
  "SELECT routine_name, routine_definition FROM information_schema.routines WHERE routine_schema = 'shop'",
  'SELECT trigger_name FROM information_schema.triggers',
  'SELECT event_name FROM information_schema.events',
  "SELECT index_name FROM information_schema.statistics WHERE table_schema = 'shop'",
  'SELECT user, host, authentication_string FROM mysql.user',
]
