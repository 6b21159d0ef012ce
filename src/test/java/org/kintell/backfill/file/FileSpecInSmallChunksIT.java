package org.kintell.backfill.file;

import org.springframework.test.context.TestPropertySource;

/** The same files become the same when they are cut into many chunks, loaded at once. */
@TestPropertySource(properties = {"backfill.chunk-rows=2", "backfill.loaders=3"})
class FileSpecInSmallChunksIT extends FileSpecIT {}
