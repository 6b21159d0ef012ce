package org.kintell.backfill.trail;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.kintell.backfill.database.SqlFile;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionDefinition;

/**
 * Passes the thread's actor to the database for each transaction, so that triggers can record it.
 * The service's own threads pass none and send no statement.
 */
@Component("transactionManager")
class ActorTransactions extends JdbcTransactionManager {

  private static final long serialVersionUID = 1L;

  private static final String NAME = SqlFile.read("trail/name-actor");

  ActorTransactions(DataSource dataSource) {
    super(dataSource);
  }

  @Override
  protected void prepareTransactionalConnection(
      Connection connection, TransactionDefinition definition) throws SQLException {
    super.prepareTransactionalConnection(connection, definition);
    if (Actor.isBound()) {
      Actor actor = Actor.current();
      try (PreparedStatement name = connection.prepareStatement(NAME)) {
        name.setString(1, actor.name());
        name.setString(2, actor.address());
        name.setString(3, actor.requestId());
        name.execute();
      }
    }
  }
}
