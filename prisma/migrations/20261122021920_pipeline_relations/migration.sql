-- AlterTable
ALTER TABLE "pipeline_references" ADD COLUMN     "relations" TEXT[] DEFAULT ARRAY[]::TEXT[];
