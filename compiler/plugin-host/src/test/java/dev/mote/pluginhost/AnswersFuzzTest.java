package dev.mote.pluginhost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.ir.DiagnosticException;
import dev.mote.pluginhost.json.Json;
import dev.mote.pluginhost.json.JsonProblem;
import dev.mote.pluginhost.json.Members;
import dev.mote.pluginhost.process.WorkFolder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Answers with damage, drawn from a seed: each becomes a value or an error that is meant.
class AnswersFuzzTest {

  private static final int EACH = 3000;

  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "null",
          "-1",
          "1e99",
          "99999999999999999999",
          "0.5",
          "true",
          "\"\"",
          "\\u0000",
          "../x",
          "[[[[",
          "\"a\":1,",
          "\uD834");

  private static final String RESULT =
      """
      {"payload":{"kind":"c-sources","entry":"n","files":[{"name":"n.h","size":3,"sha256":"%s"}],\
      "memory":{"arenaBytes":64,"alignment":8,"inputOffsets":[0],"outputOffsets":[8]},"requires":\
      {"architecture":"any","features":["dsp"],"abi":"aapcs","ramBytes":64,"flashBytes":3}},"report":\
      {"cost":{"cycles":{"amount":7,"certainty":"estimated"}},"details":{"layers":"2"}}}"""
          .formatted("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

  private static final String ESTIMATE =
      """
      {"serves":true,"cost":{"ramBytes":{"amount":7,"certainty":"measured"}},"notes":["n"],\
      "reasons":[{"what":"w","fix":"f"}]}""";

  private interface Reading {
    Object read(Members answer);
  }

  @Test
  void damagedAnswersAreValuesOrErrors() {
    try (WorkFolder folder = WorkFolder.create()) {
      folder.put("out/n.h", "abc".getBytes(StandardCharsets.UTF_8));
      int taken =
          damage(RESULT, 1, answer -> Answers.result(answer, "it", "p", folder))
              + damage(ESTIMATE, 2, answer -> Answers.estimate(answer, "it"))
              + damage(
                  Fixtures.DESCRIPTION,
                  3,
                  answer -> ParametersSchema.parse(Answers.description(answer).parametersSchema()));

      // Some damage is none, and some is: else this tests nothing.
      assertThat(taken).isBetween(100, 2 * EACH);
    }
  }

  private static int damage(String answer, long seed, Reading reading) {
    assertThat(reading.read(new Members("answer", Json.object(answer)))).isNotNull();
    Random random = new Random(seed);
    int taken = 0;
    for (int i = 0; i < EACH; i++) {
      StringBuilder text = new StringBuilder(answer);
      for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
          case 2 -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
          default -> text.delete(at, Math.min(text.length(), at + random.nextInt(20)));
        }
        if (text.isEmpty()) {
          text.append('x');
        }
      }
      try {
        reading.read(new Members("answer", Json.object(text.toString())));
        taken++;
      } catch (JsonProblem | IllegalArgumentException | DiagnosticException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      }
    }
    return taken;
  }
}
