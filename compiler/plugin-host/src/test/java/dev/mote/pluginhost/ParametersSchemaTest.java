package dev.mote.pluginhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.plugin.Parameters;
import dev.mote.pluginhost.json.JsonProblem;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParametersSchemaTest {

  private static final String SCHEMA =
      """
      {"type": "object", "additionalProperties": false, "required": ["mode"], "properties": {
        "mode": {"type": "string", "enum": ["fast", "small"], "default": "fast"},
        "name": {"type": "string", "minLength": 2, "maxLength": 4},
        "level": {"type": "integer", "minimum": 0, "maximum": 3},
        "share": {"type": "number", "minimum": 0.5},
        "check": {"type": "boolean"}
      }}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      nullValues = "-",
      value = {
        "mode | fast  | -",
        "mode | slow  | 'mode' = slow is none of [fast, small]",
        "name | a     | 'name' = a is below 2",
        "name | 𝄞𝄞𝄞𝄞  | -",
        "name | abcde | 'name' = abcde is above 4",
        "level | 3    | -",
        "level | 4    | 'level' = 4 is above 3",
        "level | -1   | 'level' = -1 is below 0",
        "level | 1.0  | 'level' = 1.0 is not of type integer",
        "level | 99999999999999999999 | 'level' = 99999999999999999999 is not of type integer",
        "share | 0.5  | -",
        "share | 1    | -",
        "share | 0.25 | 'share' = 0.25 is below 0.5",
        "share | NaN  | 'share' = NaN is not of type number",
        "check | true | -",
        "check | yes  | 'check' = yes is not of type boolean",
        "chekc | true | there is no parameter 'chekc'",
      })
  void valuesOfTheCommandLineAreTypedAndChecked(String name, String value, String problem) {
    ParametersSchema schema = ParametersSchema.parse(SCHEMA);
    Map<String, String> texts =
        name.equals("mode") ? Map.of(name, value) : Map.of("mode", "small", name, value);

    assertThat(schema.problems(schema.typed(texts)))
        .isEqualTo(problem == null ? List.of() : List.of(problem));
  }

  @Test
  void whatIsRequiredMustBeSet() {
    assertThat(ParametersSchema.parse(SCHEMA).problems(Parameters.NONE))
        .containsExactly("'mode' must be set");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"type\": \"object\"       | \"type\": \"array\"            | parameters.type is not \"object\"",
        "\"additionalProperties\": false, | ~~                       | additionalProperties is missing",
        "\"required\": [\"mode\"]   | \"required\": [\"x\"]          | required names 'x', which is no property",
        "\"default\": \"fast\"      | \"default\": \"slow\"          | default: slow is none of [fast, small]",
        "\"default\": \"fast\"      | \"$ref\": \"#\"                | has the keyword '$ref'",
        "\"minLength\": 2           | \"minimum\": 2                 | has the keyword 'minimum'",
        "{\"type\": \"boolean\"}    | {\"type\": \"object\"}         | is none of string, boolean, integer, number",
        "{\"type\": \"boolean\"}    | true                           | is no object",
        "\"enum\": [\"fast\", \"small\"] | \"enum\": []              | is no list of 1 to 256 values",
        "\"check\"                  | \"no name\"                    | is no name of a parameter",
      })
  void whatIsBeyondTheSubsetIsRefused(String from, String to, String what) {
    assertThatThrownBy(() -> ParametersSchema.parse(SCHEMA.replace(from, to)))
        .isInstanceOf(JsonProblem.class)
        .hasMessageContaining(what);
  }
}
