package org.kintell.backfill.fault;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.kintell.backfill.testsupport.S3Server;
import org.kintell.backfill.testsupport.Scene;

/** The same boundaries, with the files in a bucket. */
@Tag("faults")
class KillInBucketIT extends KillAtBoundaryIT {

  private final S3Server s3 = S3Server.start();

  @Override
  Scene set(Scene scene) {
    return scene.in(s3, "kill");
  }

  @AfterEach
  void closeStore() {
    s3.close();
  }

  @Override
  boolean isUploadStored() {
    return !s3.keys("kill/uploads/").isEmpty();
  }

  @Override
  void ageUploads(Duration age) throws IOException {
    s3.age("kill/new/", age);
  }

  @Override
  boolean isErrorFileBegun() {
    return holds(scene.service().folder().resolve("data"), ".object");
  }

  @Override
  boolean isErrorFileThere() {
    return !s3.keys("kill/errors/").isEmpty();
  }

  @Override
  String errorFile(String path) {
    return s3.text(path);
  }
}
