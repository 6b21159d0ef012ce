package org.kintell.backfill.fault;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.kintell.backfill.testsupport.S3Server;
import org.kintell.backfill.testsupport.Scene;

/** The same, with the files in a bucket. */
@Tag("faults")
class RandomKillsInBucketIT extends RandomKillsIT {

  private final S3Server s3 = S3Server.start();
  private int scenes;

  @Override
  Scene set(Scene scene) {
    scenes++;
    return scene.in(s3, "kills/" + scenes);
  }

  @AfterEach
  void closeStore() {
    s3.close();
  }
}
