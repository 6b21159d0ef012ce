package org.kintell.backfill.testsupport;

import java.util.stream.Stream;

/** Two processes on one database, with their files in one bucket and without a folder in common. */
public record TwoProcesses(
    S3Server s3, Database database, ServiceProcess first, ServiceProcess second)
    implements AutoCloseable {

  private static final int CHUNK_ROWS = 50;

  /** Starts them, with the users of {@link SessionFiles}. */
  public static TwoProcesses in(String prefix) {
    S3Server s3 = S3Server.start();
    Database database = RealParts.newDatabase();
    ServiceProcess first = launched(s3, database, prefix);
    ServiceProcess second = launched(s3, database, prefix);
    Stream.of(first, second).forEach(ServiceProcess::awaitServing);
    database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    return new TwoProcesses(s3, database, first, second);
  }

  private static ServiceProcess launched(S3Server s3, Database database, String prefix) {
    return s3.use(ServiceProcess.on(database), prefix)
        .with("BACKFILL_CHUNK_ROWS", Integer.toString(CHUNK_ROWS))
        .launch();
  }

  @Override
  public void close() {
    Stream.of(first, second).forEach(ServiceProcess::close);
    database.close();
    s3.close();
  }
}
