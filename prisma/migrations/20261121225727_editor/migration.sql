-- CreateTable
CREATE TABLE "saved_queries" (
    "id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "name_key" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "sql" TEXT NOT NULL,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "connection_id" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_queries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "editor_tabs" (
    "workspace_id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "tabs" JSONB NOT NULL,
    "active" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "editor_tabs_pkey" PRIMARY KEY ("owner_id","connection_id")
);

-- CreateIndex
CREATE INDEX "saved_queries_connection_id_idx" ON "saved_queries"("connection_id");

-- CreateIndex
CREATE UNIQUE INDEX "saved_queries_workspace_id_owner_id_name_key_key" ON "saved_queries"("workspace_id", "owner_id", "name_key");

-- CreateIndex
CREATE INDEX "editor_tabs_connection_id_idx" ON "editor_tabs"("connection_id");

-- AddForeignKey
ALTER TABLE "saved_queries" ADD CONSTRAINT "saved_queries_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "saved_queries" ADD CONSTRAINT "saved_queries_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "editor_tabs" ADD CONSTRAINT "editor_tabs_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;
