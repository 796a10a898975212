-- AlterTable
ALTER TABLE "connections" ADD COLUMN     "last_latency_ms" DOUBLE PRECISION,
ADD COLUMN     "last_test_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "connection_search" (
    "connection_id" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "keys" INTEGER[],

    CONSTRAINT "connection_search_pkey" PRIMARY KEY ("connection_id")
);

-- CreateTable
CREATE TABLE "connection_counts" (
    "workspace_id" TEXT NOT NULL,
    "slot" INTEGER NOT NULL,
    "sources" INTEGER NOT NULL DEFAULT 0,
    "destinations" INTEGER NOT NULL DEFAULT 0,
    "restricted_sources" INTEGER NOT NULL DEFAULT 0,
    "restricted_destinations" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "connection_counts_pkey" PRIMARY KEY ("workspace_id","slot")
);

-- CreateTable
CREATE TABLE "connection_views" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "query" TEXT NOT NULL,
    "columns" JSONB,
    "density" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connection_views_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "connection_search_keys_idx" ON "connection_search" USING GIN ("keys");

-- CreateIndex
CREATE UNIQUE INDEX "connection_views_workspace_id_owner_id_name_key_key" ON "connection_views"("workspace_id", "owner_id", "name_key");

-- CreateIndex
CREATE INDEX "connections_workspace_id_last_test_at_id_idx" ON "connections"("workspace_id", "last_test_at", "id");

-- CreateIndex
CREATE INDEX "connections_workspace_id_last_latency_ms_id_idx" ON "connections"("workspace_id", "last_latency_ms", "id");

-- CreateIndex
CREATE INDEX "connections_workspace_id_environment_name_key_id_idx" ON "connections"("workspace_id", "environment", "name_key", "id");

-- CreateIndex
CREATE INDEX "connections_workspace_id_type_name_key_id_idx" ON "connections"("workspace_id", "type", "name_key", "id");

-- CreateIndex
CREATE INDEX "connections_tags_idx" ON "connections" USING GIN ("tags");

-- AddForeignKey
ALTER TABLE "connection_search" ADD CONSTRAINT "connection_search_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connection_counts" ADD CONSTRAINT "connection_counts_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "connection_views" ADD CONSTRAINT "connection_views_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- From here on by hand: what the Prisma schema cannot say.

-- The list sorts by the last test without looking into the tests.
CREATE FUNCTION "connection_last_test"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT "created_at", "latency_ms" INTO NEW."last_test_at", NEW."last_latency_ms"
    FROM "connection_tests" WHERE "id" = NEW."last_test_id";
    RETURN NEW;
END
$$;
CREATE TRIGGER "connections_last_test" BEFORE INSERT OR UPDATE OF "last_test_id" ON "connections"
    FOR EACH ROW EXECUTE FUNCTION "connection_last_test"();
UPDATE "connections" c SET "last_test_at" = t."created_at", "last_latency_ms" = t."latency_ms"
FROM "connection_tests" t WHERE t."id" = c."last_test_id";

-- The search without an extension, which a managed PostgreSQL may not have or not allow: an array of hashes under a GIN
-- index. A part of a word is found by its pieces of three letters; a slip of the pen by what both spellings have in common
-- once each lost one letter ("postgers" and "postgres" are both "postgrs"). The workspace is in every hash, so that what
-- others have costs nothing here.
CREATE FUNCTION "connection_search_hash"(workspace text, pieces text[]) RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT hashtext(workspace || ' ' || piece)), '{}') FROM unnest(pieces) piece
$$;
CREATE FUNCTION "connection_search_pieces"(word text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(substr(word, i, 3)), '{}') FROM generate_series(1, length(word) - 2) i
$$;
-- Words too short to tell from others by all but one of their letters have none.
CREATE FUNCTION "connection_search_slips"(word text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN length(word) BETWEEN 4 AND 24 THEN
        array(SELECT '~' || left(word, i - 1) || substr(word, i + 1) FROM generate_series(1, length(word) + 1) i) ELSE '{}' END
$$;
CREATE FUNCTION "connection_search_keys"(workspace text, "text" text, connector text) RETURNS integer[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT connection_search_hash(workspace, array['#' || connector]
        || array(SELECT unnest(connection_search_pieces(line)) FROM unnest(string_to_array("text", E'\n')) line)
        || array(SELECT unnest(array['^' || left(word, 1), '^' || left(word, 2)] || connection_search_slips(word))
                 FROM regexp_split_to_table("text", E'[\\x01-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7f]+') word WHERE word <> ''))
$$;
CREATE FUNCTION "connection_search_text"(c "connections") RETURNS text LANGUAGE sql STABLE AS $$
    SELECT left(concat_ws(E'\n', c."name_key", c."conn_id", lower(c."summary"), lower(c."config" ->> 'host'), lower(c."config" ->> 'database'),
        CASE c."environment" WHEN 'prod' THEN E'prod\nproduction' WHEN 'dev' THEN E'dev\ndevelopment' ELSE c."environment" END,
        array_to_string(c."tags", E'\n')), 2000)
$$;
CREATE FUNCTION "connection_search_keep"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    looked_into text := connection_search_text(NEW);
BEGIN
    IF TG_OP = 'UPDATE' AND NEW."type" = OLD."type" AND looked_into = connection_search_text(OLD) THEN
        RETURN NULL;
    END IF;
    INSERT INTO "connection_search" ("connection_id", "text", "keys")
    VALUES (NEW."id", looked_into, connection_search_keys(NEW."workspace_id", looked_into, NEW."type"))
    ON CONFLICT ("connection_id") DO UPDATE SET "text" = excluded."text", "keys" = excluded."keys";
    RETURN NULL;
END
$$;
CREATE TRIGGER "connections_search" AFTER INSERT OR UPDATE OF "name_key", "conn_id", "summary", "config", "environment", "tags", "type" ON "connections"
    FOR EACH ROW EXECUTE FUNCTION "connection_search_keep"();
INSERT INTO "connection_search" ("connection_id", "text", "keys")
SELECT c."id", s."text", connection_search_keys(c."workspace_id", s."text", c."type")
FROM "connections" c, connection_search_text(c) AS s("text");

-- The tabs count without counting: each statement that changes how many there are adds the difference to a row. A workspace
-- has sixteen of them, told apart by who writes, so that writers of one workspace hardly ever wait for each other; the sum
-- is exact in every snapshot. Restricted ones are kept apart, because not everybody counts those.
CREATE FUNCTION "connection_count"(workspace text, sources bigint, destinations bigint, restricted_sources bigint, restricted_destinations bigint)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO "connection_counts" AS n ("workspace_id", "slot", "sources", "destinations", "restricted_sources", "restricted_destinations")
    SELECT w."id", pg_backend_pid() % 16, sources, destinations, restricted_sources, restricted_destinations
    FROM "workspaces" w WHERE w."id" = workspace
    ON CONFLICT ("workspace_id", "slot") DO UPDATE SET
        "sources" = n."sources" + excluded."sources", "destinations" = n."destinations" + excluded."destinations",
        "restricted_sources" = n."restricted_sources" + excluded."restricted_sources",
        "restricted_destinations" = n."restricted_destinations" + excluded."restricted_destinations"
$$;
CREATE FUNCTION "connection_count_inserted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM connection_count("workspace_id", count(*) FILTER (WHERE "role" = 'source'), count(*) FILTER (WHERE "role" <> 'source'),
        count(*) FILTER (WHERE "role" = 'source' AND "restricted"), count(*) FILTER (WHERE "role" <> 'source' AND "restricted"))
    FROM inserted WHERE "deleted_at" IS NULL GROUP BY "workspace_id" ORDER BY "workspace_id";
    RETURN NULL;
END
$$;
CREATE FUNCTION "connection_count_deleted"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM connection_count("workspace_id", -count(*) FILTER (WHERE "role" = 'source'), -count(*) FILTER (WHERE "role" <> 'source'),
        -count(*) FILTER (WHERE "role" = 'source' AND "restricted"), -count(*) FILTER (WHERE "role" <> 'source' AND "restricted"))
    FROM deleted WHERE "deleted_at" IS NULL GROUP BY "workspace_id" ORDER BY "workspace_id";
    RETURN NULL;
END
$$;
CREATE FUNCTION "connection_count_updated"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM connection_count(d."workspace_id", coalesce(d.s, 0), coalesce(d.d, 0), coalesce(d.rs, 0), coalesce(d.rd, 0)) FROM (
        SELECT "workspace_id", sum(sign) FILTER (WHERE "role" = 'source')::bigint AS s, sum(sign) FILTER (WHERE "role" <> 'source')::bigint AS d,
            sum(sign) FILTER (WHERE "role" = 'source' AND "restricted")::bigint AS rs,
            sum(sign) FILTER (WHERE "role" <> 'source' AND "restricted")::bigint AS rd
        FROM (SELECT 1 AS sign, "workspace_id", "role", "restricted" FROM updated_to WHERE "deleted_at" IS NULL
            UNION ALL SELECT -1, "workspace_id", "role", "restricted" FROM updated_from WHERE "deleted_at" IS NULL) changed
        GROUP BY "workspace_id" ORDER BY "workspace_id") d
    WHERE (coalesce(d.s, 0), coalesce(d.d, 0), coalesce(d.rs, 0), coalesce(d.rd, 0)) <> (0, 0, 0, 0);
    RETURN NULL;
END
$$;
CREATE TRIGGER "connections_count_inserted" AFTER INSERT ON "connections" REFERENCING NEW TABLE AS inserted
    FOR EACH STATEMENT EXECUTE FUNCTION "connection_count_inserted"();
CREATE TRIGGER "connections_count_deleted" AFTER DELETE ON "connections" REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION "connection_count_deleted"();
CREATE TRIGGER "connections_count_updated" AFTER UPDATE ON "connections" REFERENCING OLD TABLE AS updated_from NEW TABLE AS updated_to
    FOR EACH STATEMENT EXECUTE FUNCTION "connection_count_updated"();
INSERT INTO "connection_counts" ("workspace_id", "slot", "sources", "destinations", "restricted_sources", "restricted_destinations")
SELECT "workspace_id", 0, count(*) FILTER (WHERE "role" = 'source'), count(*) FILTER (WHERE "role" <> 'source'),
    count(*) FILTER (WHERE "role" = 'source' AND "restricted"), count(*) FILTER (WHERE "role" <> 'source' AND "restricted")
FROM "connections" WHERE "deleted_at" IS NULL GROUP BY "workspace_id";

-- The deleted ones have a list of their own.
CREATE INDEX "connections_deleted_idx" ON "connections"("workspace_id", "deleted_at", "id") WHERE "deleted_at" IS NOT NULL;
ALTER TABLE "connection_views" ADD CONSTRAINT "connection_views_density_check" CHECK ("density" IN ('compact', 'comfortable'));
