-- CreateTable
CREATE TABLE "source_configurations" (
    "connection_id" TEXT NOT NULL,
    "workspace_id" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "writes" BOOLEAN NOT NULL DEFAULT false,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "updated_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "source_configurations_pkey" PRIMARY KEY ("connection_id")
);

-- AddForeignKey
ALTER TABLE "source_configurations" ADD CONSTRAINT "source_configurations_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "connections"("id") ON DELETE CASCADE ON UPDATE CASCADE;
