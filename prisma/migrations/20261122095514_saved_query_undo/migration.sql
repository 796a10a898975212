-- DropIndex
DROP INDEX "saved_queries_workspace_id_owner_id_name_key_key";

-- AlterTable
ALTER TABLE "saved_queries" ADD COLUMN     "deleted_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "saved_queries_workspace_id_owner_id_name_key_idx" ON "saved_queries"("workspace_id", "owner_id", "name_key");

-- A name is taken by a query that is there, not by one that was deleted.
CREATE UNIQUE INDEX "saved_queries_live_name_key" ON "saved_queries"("workspace_id", "owner_id", "name_key") WHERE "deleted_at" IS NULL;
