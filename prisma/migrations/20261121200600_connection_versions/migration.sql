-- What is there already is the first version that is known of it.
INSERT INTO "connection_versions" ("connection_id", "revision", "settings_revision", "name", "conn_id", "role", "environment", "tags",
  "description", "config", "credential_id", "credential_version", "changed", "created_by", "created_at")
SELECT c."id", c."revision", c."settings_revision", c."name", c."conn_id", c."role", c."environment", c."tags", c."description", c."config",
  c."credential_id", k."version", '{}', c."updated_by", c."updated_at"
FROM "connections" c LEFT JOIN "credentials" k ON k."id" = c."credential_id";
