package org.kintell.backfill;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.kintell.backfill.config.Setting;
import org.kintell.backfill.config.SettingCheck;
import org.kintell.backfill.config.WrongSettingException;
import org.kintell.backfill.database.DatabaseSettings;
import org.kintell.backfill.devservices.FolderOwner;
import org.kintell.backfill.folder.DataFolder;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Checks that no other process uses the data folder or the ports. */
@Component
class FreeToStart implements SettingCheck {

  FreeToStart(DataFolder data, DatabaseSettings database, Environment environment)
      throws IOException {
    if (!database.isNamed()) {
      FolderOwner.requireNone(data.path());
    }
    requireFree(environment, "server.port", "server.address");
    requireFree(environment, "management.server.port", "management.server.address");
  }

  private static void requireFree(Environment environment, String property, String address)
      throws IOException {
    Setting setting = Setting.of(environment, property);
    if (!setting.value().matches("[1-9]\\d{0,4}")) {
      return;
    }
    InetAddress listen =
        environment.getProperty(
            address,
            InetAddress.class,
            environment.getProperty(
                "server.address", InetAddress.class, InetAddress.getLoopbackAddress()));
    // ListenAddress refuses an address that is not of this machine.
    if (canListen(listen, 0) && !canListen(listen, Integer.parseInt(setting.value()))) {
      throw new WrongSettingException(
          setting.variable(), setting.value(), "a free port; this one is in use");
    }
  }

  private static boolean canListen(InetAddress address, int port) throws IOException {
    try (ServerSocket socket = new ServerSocket(port, 1, address)) {
      return socket.isBound();
    } catch (BindException e) {
      return false;
    }
  }
}
