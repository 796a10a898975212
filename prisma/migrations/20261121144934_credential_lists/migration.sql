-- DropIndex
DROP INDEX "credentials_organization_id_name_key_id_idx";

-- CreateIndex
CREATE INDEX "credentials_workspace_id_updated_at_id_idx" ON "credentials"("workspace_id", "updated_at", "id");

-- Credentials of the whole organization are few among those of its workspaces, and every list asks for them.
CREATE INDEX "credentials_shared_idx" ON "credentials"("organization_id", "name_key", "id") WHERE "workspace_id" IS NULL;
