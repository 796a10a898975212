-- What ranks, counts and hides what a search finds stands beside the text, so that thousands of rows are judged without a look
-- at their connections.
ALTER TABLE "connection_search"
    ADD COLUMN "workspace_id" TEXT,
    ADD COLUMN "name_key" TEXT,
    ADD COLUMN "conn_id" TEXT,
    ADD COLUMN "role" TEXT,
    ADD COLUMN "restricted" BOOLEAN,
    ADD COLUMN "deleted" BOOLEAN;

CREATE OR REPLACE FUNCTION "connection_search_keep"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    looked_into text := connection_search_text(NEW);
BEGIN
    IF TG_OP = 'UPDATE' AND NEW."type" = OLD."type" AND looked_into = connection_search_text(OLD) THEN
        UPDATE "connection_search" s SET "role" = NEW."role", "restricted" = NEW."restricted", "deleted" = NEW."deleted_at" IS NOT NULL
        WHERE s."connection_id" = NEW."id"
            AND (s."role", s."restricted", s."deleted") IS DISTINCT FROM (NEW."role", NEW."restricted", NEW."deleted_at" IS NOT NULL);
        RETURN NULL;
    END IF;
    INSERT INTO "connection_search" ("connection_id", "workspace_id", "name_key", "conn_id", "role", "restricted", "deleted", "text", "keys")
    VALUES (NEW."id", NEW."workspace_id", NEW."name_key", NEW."conn_id", NEW."role", NEW."restricted", NEW."deleted_at" IS NOT NULL,
        looked_into, connection_search_keys(NEW."workspace_id", looked_into, NEW."type"))
    ON CONFLICT ("connection_id") DO UPDATE SET "name_key" = excluded."name_key", "conn_id" = excluded."conn_id", "role" = excluded."role",
        "restricted" = excluded."restricted", "deleted" = excluded."deleted", "text" = excluded."text", "keys" = excluded."keys";
    RETURN NULL;
END
$$;
DROP TRIGGER "connections_search" ON "connections";
CREATE TRIGGER "connections_search" AFTER INSERT OR UPDATE OF "name_key", "conn_id", "summary", "config", "environment", "tags", "type", "role", "restricted", "deleted_at" ON "connections"
    FOR EACH ROW EXECUTE FUNCTION "connection_search_keep"();

UPDATE "connection_search" s SET "workspace_id" = c."workspace_id", "name_key" = c."name_key", "conn_id" = c."conn_id", "role" = c."role",
    "restricted" = c."restricted", "deleted" = c."deleted_at" IS NOT NULL
FROM "connections" c WHERE c."id" = s."connection_id";
ALTER TABLE "connection_search"
    ALTER COLUMN "workspace_id" SET NOT NULL,
    ALTER COLUMN "name_key" SET NOT NULL,
    ALTER COLUMN "conn_id" SET NOT NULL,
    ALTER COLUMN "role" SET NOT NULL,
    ALTER COLUMN "restricted" SET NOT NULL,
    ALTER COLUMN "deleted" SET NOT NULL;
