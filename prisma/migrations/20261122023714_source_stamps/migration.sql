-- AlterTable
ALTER TABLE "source_caches" ADD COLUMN     "stamp_base" TEXT;

-- AlterTable
ALTER TABLE "source_objects" ADD COLUMN     "stamp" TEXT;
