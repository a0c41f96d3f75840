package dev.mote.service.access;

import dev.mote.service.http.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/// Makes the first tenant and its administrator on an empty database, with a password that nobody
/// knows before.
@Component
final class FirstStart implements SmartInitializingSingleton {

  private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);

  private static final String KEY_PURPOSE = "master-key";

  /// No letters and digits that are mistaken for one another.
  private static final String LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

  private final AccessSettings settings;
  private final Tenants tenants;
  private final Accounts accounts;
  private final PasswordEncoder encoder;
  private final TransactionOperations transactions;
  private final JdbcClient jdbc;
  private final Secrets secrets;

  FirstStart(
      AccessSettings settings,
      Tenants tenants,
      Accounts accounts,
      PasswordEncoder encoder,
      TransactionOperations transactions,
      JdbcClient jdbc,
      Secrets secrets) {
    this.settings = settings;
    this.tenants = tenants;
    this.accounts = accounts;
    this.encoder = encoder;
    this.transactions = transactions;
    this.jdbc = jdbc;
    this.secrets = secrets;
  }

  /// Before the first request can come.
  @Override
  public void afterSingletonsInstantiated() {
    transactions.executeWithoutResult(
        _ -> {
          // Several processes may start on one empty database at once.
          jdbc.sql("lock table tenant in exclusive mode").update();
          checkMasterKey();
          if (tenants.named(Tenants.FIRST).isEmpty()) {
            makeAdmin();
          }
        });
  }

  /// A service that was given another key than its database was written with would fail at the
  /// first secret, perhaps days later; this one fails now.
  private void checkMasterKey() {
    List<byte[]> sealed =
        jdbc.sql("select sealed from master_key").query((row, _) -> row.getBytes(1)).list();
    if (sealed.isEmpty()) {
      jdbc.sql("insert into master_key (sealed) values (?)")
          .param(secrets.seal(KEY_PURPOSE, new byte[0]))
          .update();
      return;
    }
    try {
      secrets.open(KEY_PURPOSE, sealed.getFirst());
    } catch (Problem e) {
      throw new IllegalStateException("MOTE-%d %s; %s".formatted(e.code(), e.what(), e.fix()), e);
    }
  }

  private void makeAdmin() {
    String given = settings.adminPassword().filter(p -> !p.isEmpty()).orElse("");
    String password = given.isEmpty() ? randomPassword() : given;
    var tenant = tenants.add(Tenants.FIRST);
    accounts.add(tenant.id(), "admin", encoder.encode(password), Set.of(Role.ADMIN), true);
    if (given.isEmpty()) {
      Path file = settings.folder().resolve("admin-password");
      try {
        PrivateFiles.write(file, password + "\n");
      } catch (IOException e) {
        throw new IllegalStateException("cannot write the first password to " + file, e);
      }
      LOG.info(
          "first start: log in as user 'admin' of tenant 'default'; its password is in {}", file);
      // Not through the log, which may be collected and kept: whoever starts the service sees it
      // once.
      System.out.println("First start: user admin, password " + password);
    }
  }

  private static String randomPassword() {
    SecureRandom random = new SecureRandom();
    StringBuilder password = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      password.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return password.toString();
  }
}
