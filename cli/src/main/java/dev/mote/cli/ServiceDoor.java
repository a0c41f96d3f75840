package dev.mote.cli;

import dev.mote.client.Device;
import dev.mote.client.ModelVersion;
import dev.mote.client.MoteClient;
import dev.mote.client.ServiceProblem;
import dev.mote.ir.Diagnostic;
import dev.mote.ir.DiagnosticException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/// The way from a command to the service, and from names that people write to ids.
final class ServiceDoor {

  /// What the service tells programs, which see the list that it speaks of.
  private static final String FIX_FOR_PROGRAMS = "correct what 'errors' lists.";

  private static final String WHERE = "service";
  private static final int UNEXPECTED = 8099;

  private ServiceDoor() {}

  /// A client with what `MOTE_URL` and `MOTE_TOKEN` say, or else what `mote login` stored.
  static MoteClient open(Console console) {
    Surroundings around = console.surroundings();
    String url = around.variable("MOTE_URL");
    String token = around.variable("MOTE_TOKEN");
    if (url.isEmpty() || token.isEmpty()) {
      Optional<Credentials> stored = Credentials.read(Credentials.file(around));
      // A stored token is the stored service's, and nobody else's.
      if (token.isEmpty() && !url.isEmpty() && stored.isPresent() && !same(url, stored.get())) {
        stored = Optional.empty();
      }
      url = url.isEmpty() ? stored.map(Credentials::url).orElse("") : url;
      token = token.isEmpty() ? stored.map(Credentials::token).orElse("") : token;
    }
    if (url.isEmpty() || token.isEmpty()) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.NOT_LOGGED_IN,
              WHERE,
              url.isEmpty() ? "no service is known" : "no token is known for " + url,
              "mote login URL, or set MOTE_URL and MOTE_TOKEN."));
    }
    return at(url).withToken(token(token));
  }

  private static boolean same(String url, Credentials stored) {
    return at(url).service().equals(at(stored.url()).service());
  }

  static String token(String text) {
    String token = text.strip();
    if (!token.matches("[\\x21-\\x7e]{1,4096}")) {
      throw new DiagnosticException(
          Diagnostic.user(
              CliCodes.BAD_CREDENTIALS,
              "token",
              "it is none: a token is one word",
              "copy it whole, without quotes."));
    }
    return token;
  }

  static MoteClient at(String url) {
    try {
      return MoteClient.at(URI.create(url.strip()));
    } catch (IllegalArgumentException _) {
      // An empty host is not an address either, and gives the message that fits.
      return MoteClient.at(URI.create("https:///"));
    }
  }

  /// What the service refused, as commands say it.
  static Diagnostic diagnostic(ServiceProblem problem) {
    StringBuilder what = new StringBuilder(problem.what());
    // A single one is what the sentence says already.
    problem.fields().stream()
        .filter(field -> !problem.what().contains(field.message()))
        .forEach(
            field ->
                what.append("\n  ").append(field.field()).append(": ").append(field.message()));
    String fix = problem.fix().equals(FIX_FOR_PROGRAMS) ? "correct that." : problem.fix();
    problem.incident().ifPresent(id -> what.append(" (incident ").append(id).append(')'));
    return problem.code() == UNEXPECTED
        ? Diagnostic.internal(problem.code(), WHERE, what.toString(), fix)
        : Diagnostic.user(problem.code(), WHERE, what.toString(), fix);
  }

  /// A version that is written as an id, `MODEL` (its newest), `MODEL:NUMBER` or `MODEL@ALIAS`.
  static ModelVersion version(MoteClient mote, String text) {
    Optional<UUID> id = id(text);
    if (id.isPresent()) {
      return mote.models().version(id.get());
    }
    int at = text.lastIndexOf('@');
    if (at > 0) {
      UUID version = mote.models().alias(text.substring(0, at), text.substring(at + 1)).version();
      return mote.models().version(version);
    }
    int colon = text.lastIndexOf(':');
    String model = colon > 0 ? text.substring(0, colon) : text;
    String number = colon > 0 ? text.substring(colon + 1) : "";
    return mote.models()
        .versions(model)
        .filter(version -> number.isEmpty() || number.equals(Integer.toString(version.number())))
        .findFirst()
        .map(version -> mote.models().version(version.id()))
        .orElseThrow(
            () ->
                unknown(
                    text,
                    number.isEmpty()
                        ? "model '" + model + "' has no version yet"
                        : "model '" + model + "' has no version " + number,
                    "'mote models show " + model + "' lists its versions."));
  }

  /// A device that is written as its id, its endpoint or its name.
  static UUID device(MoteClient mote, String text) {
    Optional<UUID> id = id(text);
    if (id.isPresent()) {
      return id.get();
    }
    String quoted = "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    List<Device> found =
        mote.devices().list("endpoint==" + quoted + ",name==" + quoted).limit(6).toList();
    List<Device> exact = found.stream().filter(d -> d.endpoint().equals(text)).toList();
    List<Device> some = exact.isEmpty() ? found : exact;
    if (some.size() != 1) {
      throw unknown(
          text,
          some.isEmpty()
              ? "no device has this id, endpoint or name"
              : "several devices are called so",
          some.isEmpty()
              ? "'mote devices list' shows all."
              : "give one of "
                  + some.stream().map(Device::endpoint).collect(Collectors.joining(", "))
                  + ".");
    }
    return some.getFirst().id();
  }

  /// An id that must be one.
  static UUID id(String text, String kind) {
    return id(text)
        .orElseThrow(
            () ->
                unknown(
                    text,
                    "this is no id of a " + kind,
                    "'mote " + kind + (kind.equals("rollout") ? "" : "s") + " list' shows them."));
  }

  private static Optional<UUID> id(String text) {
    return text.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
        ? Optional.of(UUID.fromString(text))
        : Optional.empty();
  }

  static DiagnosticException unknown(String where, String what, String fix) {
    return new DiagnosticException(Diagnostic.user(CliCodes.UNKNOWN_NAME, where, what, fix));
  }
}
