package org.kintell.backfill.dryrun;

import org.springframework.test.context.TestPropertySource;

/** The same when the file is cut into many chunks, tried at once. */
@TestPropertySource(properties = {"backfill.chunk-rows=2", "backfill.loaders=3"})
class DryRunTruthInSmallChunksIT extends DryRunTruthIT {}
