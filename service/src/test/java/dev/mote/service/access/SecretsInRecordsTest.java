package dev.mote.service.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Records print all that they have, into logs and messages: those that have a secret say what they
/// print instead.
class SecretsInRecordsTest {

  private static final Path ROOT = Path.of(System.getProperty("mote.root", ".."));
  private static final Pattern RECORD = Pattern.compile("\\brecord (\\w+)(?:<[^>]*>)?\\(");
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)\\b(?:String|Optional<String>|byte\\[\\]|char\\[\\])\\s+"
              + "(?:\\w*password|\\w*secret|\\w*masterKey|secretKey|verifier|psk)\\b");

  @Test
  void aRecordWithASecretDoesNotPrintIt() throws IOException {
    TreeSet<String> records = new TreeSet<>();
    TreeSet<String> talkative = new TreeSet<>();
    for (String module : List.of("service", "client", "cli", "orchestration", "fleet")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          String text = Files.readString(file);
          for (MatchResult found : RECORD.matcher(text).results().toList()) {
            int body = closing(text, found.end() - 1, '(', ')');
            if (SECRET.matcher(text.substring(found.end(), body)).find()) {
              records.add(found.group(1));
              int begin = text.indexOf('{', body);
              if (!text.substring(begin, closing(text, begin, '{', '}')).contains("toString()")) {
                talkative.add(file.getFileName() + ": " + found.group(1));
              }
            }
          }
        }
      }
    }
    assertThat(records).contains("DatabaseSettings", "OpenIdSettings", "NewUser");
    assertThat(talkative).isEmpty();
  }

  /// Where the bracket closes that opens at `from`.
  private static int closing(String text, int from, char open, char close) {
    int depth = 0;
    for (int at = from; at < text.length(); at++) {
      depth += text.charAt(at) == open ? 1 : text.charAt(at) == close ? -1 : 0;
      if (depth == 0) {
        return at;
      }
    }
    throw new IllegalStateException("no end after " + from);
  }
}
