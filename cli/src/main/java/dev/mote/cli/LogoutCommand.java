package dev.mote.cli;

import dev.mote.client.ServiceProblem;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "logout", description = "Revokes the token of 'mote login' and forgets it.")
final class LogoutCommand implements Callable<Integer> {

  private final Console console;

  @Mixin private CommonOptions common = new CommonOptions();

  LogoutCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path file = Credentials.file(console.surroundings());
    Optional<Credentials> stored = Credentials.read(file);
    boolean isRevoked = stored.isPresent() && revoke(stored.get());
    Credentials.delete(file);
    if (common.json) {
      console.printJson(Map.of("loggedOut", stored.isPresent(), "revoked", isRevoked));
    } else {
      console.print(stored.map(c -> "logged out of " + c.url()).orElse("nobody was logged in"));
    }
    return Mote.OK;
  }

  /// A service that is gone must not keep anybody logged in here.
  private boolean revoke(Credentials stored) {
    if (stored.tokenId().isEmpty()) {
      return false;
    }
    try {
      ServiceDoor.at(stored.url())
          .withToken(stored.token())
          .revokeToken(UUID.fromString(stored.tokenId()));
      return true;
    } catch (ServiceProblem | IllegalArgumentException e) {
      console.say("The token was not revoked: " + e.getMessage());
      return false;
    }
  }
}
