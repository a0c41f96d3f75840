package dev.mote.cli;

import dev.mote.client.IssuedToken;
import dev.mote.client.Login;
import dev.mote.client.Me;
import dev.mote.client.MoteClient;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "login",
    description = {
      "Logs in to a service: makes a token there and stores it for the other commands.",
      "The password is asked for, or read from standard input. MOTE_URL and MOTE_TOKEN take",
      "precedence over what is stored."
    })
final class LoginCommand implements Callable<Integer> {

  private final dev.mote.cli.Console console;

  @Parameters(paramLabel = "URL", description = "Such as https://mote.example.com.")
  private String url = "";

  @Option(names = "--user", paramLabel = "NAME", description = "Default: admin.")
  private String user = "admin";

  @Option(names = "--tenant", paramLabel = "NAME", description = "Default: default.")
  private String tenant = "default";

  @Option(names = "--token-stdin", description = "Store a token that comes on standard input.")
  private boolean tokenGiven;

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "How long the token lasts (default: ${DEFAULT-VALUE}).",
      defaultValue = "90")
  private int days = 90;

  @Mixin private CommonOptions common = new CommonOptions();

  LoginCommand(dev.mote.cli.Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    MoteClient mote = ServiceDoor.at(url);
    String host = mote.service().getHost();
    if (mote.service().getScheme().equalsIgnoreCase("http")
        && !host.equals("localhost")
        && !host.startsWith("127.")) {
      console.say(
          "Warning: " + mote.service() + " is not encrypted: who listens can read the token.");
    }
    Me me;
    Credentials credentials;
    if (tokenGiven) {
      String token = ServiceDoor.token(secret("token"));
      me = mote.withToken(token).me();
      credentials = new Credentials(mote.service().toString(), token, "");
    } else {
      Login login = mote.logIn(tenant, user, secret("password of " + user));
      IssuedToken token =
          login.client().addToken("mote login", login.me().roles(), Duration.ofDays(days));
      login.client().logOut();
      me = login.me();
      credentials =
          new Credentials(mote.service().toString(), token.secret(), token.id().toString());
    }
    Path file = Credentials.file(console.surroundings());
    credentials.write(file);
    if (common.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("url", credentials.url());
      json.put("user", me.name());
      json.put("tenant", me.tenantName());
      json.put("roles", me.roles());
      json.put("file", file.toString());
      console.printJson(json);
    } else {
      console.print(
          "logged in to %s as %s of %s (%s)"
              .formatted(
                  credentials.url(), me.name(), me.tenantName(), String.join(", ", me.roles())));
    }
    return Mote.OK;
  }

  /// Never an argument: those can be seen by others, and are kept by shells.
  private String secret(String what) {
    Console terminal = System.console();
    if (terminal != null && terminal.isTerminal() && !tokenGiven) {
      char @Nullable [] typed = terminal.readPassword("%s: ", what);
      return typed == null ? "" : new String(typed);
    }
    try {
      String line =
          new BufferedReader(
                  new InputStreamReader(console.surroundings().in(), StandardCharsets.UTF_8))
              .readLine();
      if (line == null || line.isEmpty()) {
        throw new DiagnosticException(
            Diagnostic.user(
                CliCodes.NOT_LOGGED_IN,
                "mote login",
                "no " + what + " came on standard input",
                "type it at a terminal, or send it: mote login URL < FILE."));
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
