-- AlterTable
ALTER TABLE "api_keys" ADD COLUMN     "connections" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "environments" TEXT[] DEFAULT ARRAY[]::TEXT[];
